// The shop's client of the Raseed API: the part that any storefront can copy.
//
// For: one function for each call this shop makes, with the secret key. A call ends in one of
// three ways, and the shop must treat them differently:
//   - it returns the answer: done (202 `settling` is done too: decided, legs still catching up);
//   - it throws `Refused`: not done, `code` says why;
//   - it throws `Unreachable`: *unknown*. The only safe next step is the same call with the same
//     idempotency key, which is why keys come from the caller, who has stored them first.
// Within one call unknown outcomes and `retryable` problems are already retried that way.
// Leaves out: when to call what (sale.js), words for people (words.js).

// Three tries within a shopper's patience. Reading is cheaper to give up on than paying.
const WRITE = { tries: 3, timeoutMs: 8_000 };
const READ = { tries: 2, timeoutMs: 4_000 };
const PAUSE_MS = 250;

// A wait that the API asks for is honoured only while the shopper would still be watching.
const LONGEST_PAUSE_MS = 2_000;

/** The API answered and did not do it. */
export class Refused extends Error {
  constructor(status, problem) {
    super(`refused: ${status} ${problem.code}`);
    this.name = 'Refused';
    this.status = status;
    this.code = problem.code ?? 'unknown';
    this.problem = problem;
  }
}

/** No answer, or a fault: nobody knows yet whether it was done. */
export class Unreachable extends Error {
  constructor(reason) {
    super(`unreachable: ${reason}`);
    this.name = 'Unreachable';
  }
}

export function raseedApi({ url, secretKey }) {
  const send = (method, path, { body, key, patience = WRITE } = {}) =>
    patiently(patience, () => once({ url: url + path, secretKey, method, body, key, patience }));
  const checkout = (id) => `/v1/checkouts/${encodeURIComponent(id)}`;

  return {
    openCheckout: (terms, key) => send('POST', '/v1/checkouts', { body: terms, key }),
    readCheckout: (id) => send('GET', checkout(id), { patience: READ }),
    // A PATCH says what the total is, not how it changes, so it needs no key to be repeated.
    retotal: (id, total) => send('PATCH', checkout(id), { body: { total } }),
    authorize: (id, terms, key) => send('POST', `${checkout(id)}/authorize`, { body: terms, key }),
    capture: (id, terms, key) => send('POST', `${checkout(id)}/capture`, { body: terms, key }),
    void: (id, key) => send('POST', `${checkout(id)}/void`, { body: {}, key }),
    refund: (id, terms, key) => send('POST', `${checkout(id)}/refunds`, { body: terms, key }),
  };
}

async function patiently({ tries }, attempt) {
  for (let left = tries - 1; ; left -= 1) {
    const outcome = await attempt();
    if (outcome.answer) return outcome.answer;
    if (left === 0 || !outcome.again || outcome.pauseMs > LONGEST_PAUSE_MS) throw outcome.error;
    // The pause grows with every try, and a little chance keeps many shops from returning at once.
    await pause(outcome.pauseMs ?? PAUSE_MS * (tries - left) * (1 + Math.random()));
  }
}

async function once({ url, secretKey, method, body, key, patience }) {
  const headers = { accept: 'application/json', authorization: `Bearer ${secretKey}` };
  if (body) headers['content-type'] = 'application/json';
  if (key) headers['idempotency-key'] = key;
  try {
    const response = await fetch(url, {
      method,
      headers,
      body: body && JSON.stringify(body),
      // A secret key follows no redirect: it would be shown to whoever the redirect names.
      redirect: 'error',
      signal: AbortSignal.timeout(patience.timeoutMs),
    });
    return outcomeOf(response, await response.json());
  } catch (error) {
    // A refused connection, a time-out, a cut answer and a body that is no JSON all mean the
    // same: it may have been done.
    return { again: true, error: new Unreachable(error.cause?.code ?? error.name) };
  }
}

function outcomeOf(response, document) {
  if (response.ok) return { answer: document };
  // "Still running" may well be about our own earlier try, so its end is as unknown as a fault's.
  const unknown = response.status >= 500 || document.code === 'operation_in_progress';
  const error = unknown ? new Unreachable(`${response.status} ${document.code ?? ''}`) : new Refused(response.status, document);
  const seconds = document.retry_after_seconds ?? Number(response.headers.get('retry-after') || NaN);
  return {
    again: response.status >= 500 || document.retryable === true,
    pauseMs: Number.isFinite(seconds) ? seconds * 1_000 : undefined,
    error,
  };
}

const pause = (ms) => new Promise((resume) => setTimeout(resume, ms));
