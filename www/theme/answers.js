// The server of a page that has none: it answers the element's requests from the page's states, and nobody else's. The theme page and the console's preview
// have it.
//
// The element is the one that ships, so its requests are real; `fetch` meets them here. A specimen's token names its state, and its checkout is kept
// for as long as the page is open, so a card can be applied and removed as in a shop, and points turned up and down. Leaves out: who pays first. Points
// pay before cards, and cards in the order in which they came.

/** Takes the place of `fetch` for requests to `edge`. `engine`: what becomes of the Wasm on this page. `late`: how many milliseconds an answer takes. */
export function answer({ edge, states, engine, late = 0 }) {
  const send = window.fetch;
  const checkouts = new Map();
  const never = new Promise(() => {});
  const ends = { held: () => never, lost: () => Promise.reject(new TypeError('the connection was cut')) };

  window.fetch = async function fetch(address, options = {}) {
    const url = new URL(address, location);
    if (url.pathname.endsWith('/raseed.wasm') && engine) return engine === 'held' ? never : ends.lost();
    const [, id, tender] = /^\/v1\/checkouts\/([^/]+)(?:\/tenders(?:\/([^/]+))?)?$/.exec(url.pathname) ?? [];
    if (url.origin !== new URL(edge).origin || !id) return send.apply(this, arguments);
    const state = states.find((each) => options.headers.authorization === `Bearer ${each.id}`);
    const checkout = checkouts.get(id) ?? open(id, state);
    checkouts.set(id, checkout);
    if (late) await new Promise((wake) => setTimeout(wake, late));
    const become = fate(checkout, state, options.method);
    if (ends[become]) return ends[become]();
    if (become) return json(become.status, become);
    const asked = options.method === 'POST' ? JSON.parse(options.body) : {};
    if (asked.gift_card) {
      const card = (state.brings ?? usual)(asked.gift_card.code.slice(-4));
      if (card.code) return json(card.status, card);
      checkout.cards.push(card);
    }
    if (asked.points) checkout.points = { ...checkout.points, used: asked.points.points };
    if (tender === POINTS) checkout.points = { ...checkout.points, used: 0 };
    else if (tender) checkout.cards = checkout.cards.filter((card) => name(card) !== tender);
    return json(200, told(checkout));
  };

  return {
    /** What happens to a checkout behind the element's back. */
    change(id, then) {
      Object.assign(checkouts.get(id), then);
    },
  };
}

const POINTS = 'tn_points';

const usual = (last4) => ({ last4, available: 5_000, expires_at: null });

const open = (id, { total, currency, status, cards, points, earns, old_codes }) => ({ id, total, currency, status, cards: [...cards], points, earns, old_codes, tried: false });

// A state shows what its answer leads to; what a visitor does after that meets a server that works.
function fate(checkout, state, method) {
  if (method === 'GET') return checkout.tried ? state.readAgain : state.read;
  if (method !== 'POST' || checkout.tried) return undefined;
  checkout.tried = true;
  return state.apply;
}

const name = ({ last4 }) => `tn_${last4}`;

function told({ id, total, currency, status, cards, points, earns, old_codes }) {
  let remaining = total;
  const tenders = [];
  if (points?.used) {
    const applied = Math.min(worth(points, points.used), remaining);
    remaining -= applied;
    tenders.push({ id: POINTS, kind: 'points', points: points.used, requested: null, applied, balance_after: points.available - points.used });
  }
  for (const card of cards) {
    const applied = Math.min(card.available, remaining);
    remaining -= applied;
    const { last4, available, expires_at, disclosures } = card;
    const kind = card.kind ?? (disclosures ? 'promo' : 'paid_gift');
    tenders.push({ id: name(card), kind, last4, requested: null, applied, balance_after: available - applied, expires_at, disclosures });
  }
  const quote = { total, currency, covered: total - remaining, remaining, tenders, earns, points: points && usable(points, remaining) };
  return { id, status, total, eligible_total: total, currency, quote, old_codes };
}

const worth = ({ rate }, points) => Math.floor((points * rate.amount) / rate.points);

// What this order may take: no more than the member has, and than is left to pay.
function usable({ used, ...points }, remaining) {
  const { available, rate } = points;
  const left = remaining + (used ? worth(points, used) : 0);
  return { ...points, maximum: Math.min(available, Math.floor((left * rate.points) / rate.amount)) };
}

const json = (status, document) => Promise.resolve(new Response(JSON.stringify(document), { status, headers: { 'content-type': 'application/json' } }));
