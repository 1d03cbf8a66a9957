// An API that knows a member with 1,240 points, in the place of `fetch`: a hundred are worth five riyals, and an order of 250.00 stands behind them.
//
// `shop.asked`: what the element asked for, in order, each with whether it had a key: a number of points, `none`, `read`, or the body of a start.
// `shop.hold`: a promise that answers wait for. `shop.lose`: how many answers are lost on the way back, after their effect.

const rate = { points: 100, amount: 500 };
const [total, available] = [25_000, 1_240];
const shop = { asked: [], used: 0, hold: null, lose: 0, count: 0 };
Object.defineProperty(window, 'shop', { value: shop });

const document_of = (id) => {
  const applied = Math.floor((shop.used * rate.amount) / rate.points);
  const tender = { id: 'tn_points', kind: 'points', points: shop.used, requested: null, applied, balance_after: available - shop.used };
  const quote = {
    total,
    currency: 'SAR',
    tenders: shop.used ? [tender] : [],
    covered: applied,
    remaining: total - applied,
    points: { available, minimum: 100, step: 10, maximum: available, rate },
  };
  return { id, token: `ct_${id}`, status: 'open', total, eligible_total: total, currency: 'SAR', quote };
};

const json = (status, body) => new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });
const refused = (status, code) => json(status, { status, code, retryable: false });

const serve = ({ method, path, body, key }) => {
  const [, id, tender] = /^\/v1\/checkouts(?:\/([^/]+)(?:\/tenders(?:\/([^/]+))?)?)?$/.exec(path);
  if (!id) {
    shop.used = 0;
    shop.count += 1;
    return json(201, document_of(`co_${shop.count}`));
  }
  if (method === 'POST') {
    const { points } = JSON.parse(body).points;
    if (!key) return refused(400, 'idempotency_key_missing');
    if (!Number.isInteger(points) || points % 10) return refused(422, 'amount_invalid');
    if (points < 100 || points > available) return refused(409, 'insufficient_balance');
    shop.used = points;
  }
  if (method === 'DELETE') {
    if (tender !== 'tn_points' || !shop.used) return refused(404, 'not_found');
    shop.used = 0;
  }
  return json(200, document_of(id));
};

const wish = ({ method, path, body }) => {
  if (method === 'POST' && path.endsWith('/tenders')) return JSON.parse(body).points.points;
  return { GET: 'read', DELETE: 'none' }[method] ?? JSON.parse(body);
};

watched.meet = async (request, go) => {
  if (!request.path.startsWith('/v1/checkouts')) return go();
  shop.asked.push(wish(request));
  const answer = serve(request);
  await shop.hold;
  if (request.method !== 'GET' && shop.lose > 0) {
    shop.lose -= 1;
    throw new TypeError('the answer was lost');
  }
  return answer;
};
