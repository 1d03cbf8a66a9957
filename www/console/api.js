// Calls of the same API that everybody has, as the person who is signed in.
//
// A session lasts half an hour. When it has ended the call waits: the person signs in again over whatever they were doing, and the call is made again with the
// same key, so nothing that was typed is lost and nothing happens twice. What a call shall do once has one Idempotency-Key, kept until the server has answered:
// a press that got lost and is repeated, also after a reload, is the same act.

const SESSION = 'raseed-session';
const PENDING = 'raseed-pending';

/** What the console says for what is no answer of the server's. */
const OFFLINE = { code: 'offline', retryable: true };

const kept = (name, fallback) => {
  try {
    return JSON.parse(sessionStorage.getItem(name)) ?? fallback;
  } catch {
    return fallback;
  }
};
const keep = (name, value) => sessionStorage.setItem(name, JSON.stringify(value));

let session = kept(SESSION, null);
let signIn = null;

/** When the session ends; `null` without one. */
export const endsAt = () => (session ? Date.parse(session.expires_at) : null);
export const isSignedIn = () => session !== null && endsAt() > Date.now();

/** Who asks for both factors again: an asynchronous function that returns when there is a session. */
export const whenEnded = (ask) => {
  signIn = ask;
};

export function leave() {
  session = null;
  sessionStorage.clear();
}

/** Opens a session; returns what the server refused it for, or `null`. */
export async function open(key, totp) {
  const { ok, body } = await send('POST', '/v1/console/sessions', { key, totp }, {});
  if (!ok) return body;
  session = body;
  keep(SESSION, session);
  return null;
}

/** One answer: `ok`, `status`, `body` (a problem when it is not ok) and `headers`. */
async function send(method, path, body, headers) {
  try {
    const response = await fetch(path, {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: 'no-store',
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return {
      ok: response.ok,
      status: response.status,
      headers: response.headers,
      body: isJson && !/ndjson/.test(response.headers.get('content-type')) ? JSON.parse(text) : response.ok ? text : { code: 'fault', retryable: true },
    };
  } catch {
    return { ok: false, status: 0, headers: new Headers(), body: OFFLINE };
  }
}

let again = null;

async function withSession(method, path, body, headers = {}) {
  for (;;) {
    const token = session?.token;
    const answer = token ? await send(method, path, body, { ...headers, authorization: `Bearer ${token}` }) : { status: 401, body: { code: 'token_expired' } };
    const isOver = answer.status === 401 && ['token_expired', 'key_invalid', 'key_revoked', 'key_missing'].includes(answer.body.code);
    if (!isOver) return answer;
    // One question, however many calls were under way.
    again ??= signIn(answer.body.code).finally(() => {
      again = null;
    });
    await again;
  }
}

export const get = (path) => withSession('GET', path);
export const put = (path, body) => withSession('PUT', path, body);

/** For what changes nothing, or nothing more the second time. */
export const postPlainly = (path, body) => withSession('POST', path, body);

/** For what shall happen once. */
export const post = (path, body) => once('POST', path, body);
export const remove = (path) => once('DELETE', path);

/** What stands for an act, so that nothing of what it says is kept: it may be a message, or a code that buys something. */
async function hashed(act) {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(act));
  return btoa(String.fromCharCode(...new Uint8Array(hash)));
}

async function once(method, path, body) {
  const act = await hashed(`${method} ${path} ${JSON.stringify(body ?? null)}`);
  const pending = kept(PENDING, {});
  const key = pending[act] ?? `console-${crypto.randomUUID()}`;
  keep(PENDING, { ...pending, [act]: key });
  const answer = await withSession(method, path, body, { 'idempotency-key': key });
  // A refusal that says "again" is no answer yet; neither is silence.
  if (answer.ok || !(answer.body.retryable || answer.status === 0 || answer.status >= 500)) {
    const { [act]: _, ...rest } = kept(PENDING, {});
    keep(PENDING, rest);
  }
  return answer;
}

/** The settings, asked for once and then whenever they have changed. */
let settings = null;
export async function settled(fresh = false) {
  if (!settings || fresh) {
    const answer = await get('/v1/settings');
    if (!answer.ok) return answer;
    settings = answer;
  }
  return settings;
}
export const settle = (answer) => {
  settings = answer;
};
