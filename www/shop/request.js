// Reading what a browser sends, within bounds.
//
// For: the fields of a posted form or of a small JSON object, and one kind of error for everything
// that is wrong with a request. Limits hold before anything is parsed.
// Leaves out: what the fields mean (server.js), uploads.

// The largest honest request here is one form of five short fields.
const MAX_BODY_BYTES = 4_096;

// A body a little too large is read to its end and thrown away, since a browser that is cut off
// while it sends never sees the answer that says why. Beyond this the cut is the answer.
const MAX_DRAINED_BYTES = 1_048_576;

const READERS = new Map([['application/x-www-form-urlencoded', formFields], ['application/json', jsonFields]]);

/** A request that cannot be served; `code` names the words for it, `status` the answer. */
export class BadRequest extends Error {
  constructor(status, code) {
    super(`${status} ${code}`);
    this.name = 'BadRequest';
    this.status = status;
    this.code = code;
  }
}

/** The fields of the body as a Map of strings. */
export async function fields(request) {
  const type = (request.headers['content-type'] ?? '').split(';')[0].trim().toLowerCase();
  const bytes = await drained(request);
  const read = READERS.get(type);
  if (!read) throw new BadRequest(415, 'content_type');
  return read(decoded(bytes));
}

/** The named field as text, or the answer that it is missing. */
export function need(form, name) {
  if (!form.has(name)) throw new BadRequest(422, 'field_missing');
  return form.get(name);
}

/** A field that must be a whole number written in plain digits. */
export function needInteger(form, name, code) {
  const value = need(form, name);
  if (!/^-?\d{1,15}$/.test(value)) throw new BadRequest(422, code);
  return Number(value);
}

async function drained(request) {
  if (Number(request.headers['content-length'] ?? 0) > MAX_DRAINED_BYTES) throw new BadRequest(413, 'body_too_large');
  const parts = [];
  let size = 0;
  for await (const part of request) {
    size += part.length;
    if (size <= MAX_BODY_BYTES) parts.push(part);
    if (size > MAX_DRAINED_BYTES) break;
  }
  if (size > MAX_BODY_BYTES) throw new BadRequest(413, 'body_too_large');
  return Buffer.concat(parts);
}

function decoded(bytes) {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new BadRequest(400, 'body_invalid');
  }
}

function formFields(body) {
  const form = new Map();
  for (const [name, value] of new URLSearchParams(body)) {
    // Two values for one field leave it open which one was meant.
    if (form.has(name)) throw new BadRequest(400, 'body_invalid');
    form.set(name, value);
  }
  return form;
}

function jsonFields(body) {
  const document = parsed(body);
  if (document === null || typeof document !== 'object' || Array.isArray(document)) throw new BadRequest(400, 'body_invalid');
  return new Map(Object.entries(document).map(([name, value]) => {
    if (typeof value !== 'string' && typeof value !== 'number') throw new BadRequest(400, 'body_invalid');
    return [name, String(value)];
  }));
}

function parsed(body) {
  try {
    return JSON.parse(body);
  } catch {
    throw new BadRequest(400, 'body_invalid');
  }
}
