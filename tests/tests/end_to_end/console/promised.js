// Answers of calls that the server does not have yet, in the shapes that were agreed on, for screens that stand on them. Everything else goes to the server.

{
  const days = (count) => Array.from({ length: count }, (_, index) => new Date(Date.now() - (count - 1 - index) * 86_400_000).toISOString().slice(0, 10));
  const wave = (index, base) => Math.round(base * (1.2 + Math.sin(index * 0.9) + ((index * 7) % 5) / 6)) * 100;
  const report = {
    issued: () =>
      days(30).map((day, index) => ({
        day,
        currency: 'SAR',
        cards: 3 + (index % 5),
        issued: wave(index, 900),
        loaded: wave(index, 60),
        sold: wave(index, 800),
        given: wave(index, 160),
      })),
    activation: () => days(30).map((day, index) => ({ day, currency: 'SAR', cards: 9 + (index % 5), activated: 5 + (index % 4) })),
    redemptions: () =>
      days(30).map((day, index) => ({
        day,
        currency: 'SAR',
        redemptions: 4 + (index % 3),
        redeemed: wave(index + 2, 500),
        refunded: wave(index, 20),
        issued: wave(index, 900),
      })),
    outstanding: () => [
      {
        program: 'gift',
        currency: 'SAR',
        cards: 412,
        available: 8_120_000,
        held: 25_000,
        unused: 3_000_000,
        age_30: 4_000_000,
        age_90: 3_000_000,
        age_365: 1_000_000,
        age_older: 120_000,
      },
      {
        program: 'eid',
        currency: 'SAR',
        cards: 95,
        available: 1_910_000,
        held: 0,
        unused: 1_000_000,
        age_30: 900_000,
        age_90: 600_000,
        age_365: 400_000,
        age_older: 10_000,
      },
    ],
    uplift: () =>
      days(30).map((day, index) => ({
        day,
        currency: 'SAR',
        orders: 4 + (index % 3),
        redeemed: wave(index, 500),
        order_total: wave(index, 500) + wave(index + 1, 300),
        uplift: wave(index + 1, 300),
      })),
    unclaimed: () => [
      {
        jurisdiction: 'US-CA',
        currency: 'USD',
        cards: 12,
        amount: 84_500,
        dormant_since: '2023-11-22',
        rule: 'US-CA/unclaimed/2020-01-01',
        source: 'Cal. Code Civ. Proc. § 1520.5',
      },
    ],
    summary: () =>
      days(30).flatMap((day, index) => [
        { day, currency: 'SAR', kind: 'paid_gift', location: '', campaign: '', account: 'issued', amount: -wave(index, 900), entries: 4 },
        { day, currency: 'SAR', kind: 'paid_gift', location: '', campaign: '', account: 'redeemed', amount: wave(index + 2, 520), entries: 3 },
        { day, currency: 'SAR', kind: 'paid_gift', location: '', campaign: '', account: 'available', amount: wave(index, 380), entries: 3 },
      ]),
  };
  const found = (id, last4, status, available) => ({
    id,
    last4,
    status,
    kind: 'paid_gift',
    program: 'gift',
    campaign: null,
    reference: 'order-1042',
    currency: 'SAR',
    issued: 25_000,
    available,
    held: 0,
    created_at: '2026-11-20T09:30:00.000Z',
    expires_at: null,
  });
  const batch = (id, status, issued) => ({
    id,
    status,
    count: 10_000,
    issued,
    amount: 5_000,
    currency: 'SAR',
    total: 50_000_000,
    program: 'gift',
    campaign: 'eid-2026',
    reference: 'printer-7',
    created_at: '2026-11-22T08:00:00.000Z',
    finished_at: null,
  });
  const gift = {
    shop: { ar: 'نور', en: 'Noor' },
    program: { ar: 'بطاقة هدية', en: 'Gift card' },
    look: { colour: '#0f766e', on_colour: '#ffffff', pattern: 'stars', texts: { ar: 'مع أطيب التمنيات', en: 'With our best wishes' } },
    gift: { to: 'سارة', from: 'خالد', message: 'كل عام وأنت بخير! اختاري ما يعجبك.' },
    status: 'active',
    currency: 'SAR',
    issued: 25_000,
    available: 25_000,
    expires_at: '2027-06-30T20:59:59.000Z',
    last4: 'D5VV',
    disclosures: [{ ar: 'لا رسوم على هذه البطاقة.', en: 'There are no fees on this card.' }],
  };
  const links = {
    gl_good: {},
    gl_spent: { status: 'used_up', available: 0 },
    gl_expired: { status: 'expired' },
    gl_replaced: { status: 'replaced' },
    gl_frozen: { status: 'frozen' },
  };
  const json = (body, status = 200, headers = {}) =>
    new Response(JSON.stringify(body), { status, headers: { 'content-type': status < 400 ? 'application/json' : 'application/problem+json', ...headers } });
  const csv = (text, headers) => new Response(text, { headers: { 'content-type': 'text/csv; charset=utf-8', ...headers } });
  const made = [batch('gb_2', 'issuing', 6_200), batch('gb_1', 'issued', 10_000)];

  const answers = ({ method, path, body }, query, link) => {
    const [, name] = /^\/v1\/reports\/(\w+)$/.exec(path) ?? [];
    if (name && report[name] && query.get('format') === 'csv') return csv('day,currency\r\n');
    if (name && report[name]) return json({ report: name, from: query.get('from'), to: query.get('to'), by: query.get('by'), data: report[name]() });
    if (path === '/v1/gift-cards/search')
      return json({
        data:
          JSON.parse(body).last4 === 'NONE'
            ? []
            : [found('gc_aaa', 'D5VV', 'active', 25_000), found('gc_bbb', 'T7A8', 'frozen', 12_050), found('gc_ccc', 'X2M4', 'used_up', 0)],
        next_cursor: null,
      });
    if (path === '/v1/gift-card-batches' && method === 'POST')
      return json((made.unshift({ ...batch('gb_3', 'issuing', 0), ...JSON.parse(body) }), made[0]), 202);
    if (path === '/v1/gift-card-batches') return json({ data: made, next_cursor: null });
    if (/\/codes$/.test(path))
      return csv('id,code,last4,amount,currency,link\r\ngc_a,0000-0000-0000-0000-D5VV,D5VV,5000,SAR,\r\n', query.get('cursor') ? {} : { 'next-cursor': '1' });
    if (/\/link$/.test(path)) return json({ link: `${location.origin}/card/#gl_good` });
    if (path === '/v1/card-page' && link === 'gl_offline') throw new TypeError('offline');
    if (path === '/v1/card-page') return links[link] ? json({ ...gift, ...links[link] }) : json({ code: 'key_invalid' }, 401);
    if (path === '/v1/card-page/code') return json({ code: window.promisedCode ?? '0123-4567-89AB-CDEF-D5VV' });
    return null;
  };

  const through = window.fetch;
  window.fetch = async function fetch(address, options = {}) {
    const { pathname: path, searchParams } = new URL(address, location);
    const link = options.headers?.authorization?.replace('Bearer ', '');
    return answers({ method: options.method ?? 'GET', path, body: options.body }, searchParams, link) ?? through.apply(this, arguments);
  };
}
