// The demo shop's server: what each address does.
//
//   GET  /                       a new order with a full basket, then its own address
//   GET  /orders/{id}            basket and payment
//   POST /orders/{id}/lines      a quantity: `sku`, `quantity`
//   POST /orders/{id}/pay        `card`, `shown`, `checkout`, and from the widget `raseed`
//   POST /orders/{id}/release    gives up a payment that hangs
//   GET  /orders/{id}/receipt    what was bought and how it was paid
//   POST /orders/{id}/refunds    `amount`, `attempt`: the owner's form on the receipt
//   GET  /theme                  every state of the widget, for who styles it (../theme)
//   GET  /assets/{name}, /healthz
//
// For: reading requests, calling the sale, answering. Every page takes `?lang=ar|en`; an order
// remembers the last one. A form that was sent is answered by a redirect, so that a reload never
// sends it again, and what there is to say waits in the order. The page's script asks for JSON
// where a redirect would cost a reload. Orders are opened by their address (orders.js) and there
// are no cookies, so another site has nothing to forge a request with.
//
// Environment: PORT (4000; 0 takes a free one), RASEED_URL, RASEED_SECRET_KEY,
// RASEED_PUBLISHABLE_KEY, SHOP_STATE (a folder for orders; memory without it).
// Prints one line of JSON when it listens: {"url": "http://127.0.0.1:PORT"}.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { asset } from './assets.js';
import { policy } from './layout.js';
import { orderBook, orderTotal } from './orders.js';
import { basket, checkoutPage, errorPage } from './pages.js';
import { CARDS, toyBank } from './payment.js';
import { raseedApi } from './raseed.js';
import { receiptPage } from './receipt.js';
import { BadRequest, fields, need, needInteger } from './request.js';
import { sale } from './sale.js';
import { LANGUAGES } from './words.js';
import { read } from './public/money.js';

// Only this machine may reach the demo: its back office has no lock.
const HOST = '127.0.0.1';

const settings = {
  port: Number(process.env.PORT || 4000),
  edge: required('RASEED_URL').replace(/\/+$/, ''),
  secretKey: required('RASEED_SECRET_KEY'),
  publishableKey: required('RASEED_PUBLISHABLE_KEY'),
};
const orders = orderBook(process.env.SHOP_STATE);
const theme = readFileSync(new URL('../theme/index.html', import.meta.url), 'utf8').replace('https://EDGE', settings.edge);

const server = createServer({ requestTimeout: 15_000, headersTimeout: 10_000 }, (request, response) => {
  serve(request, response).catch((error) => {
    console.error(error);
    response.destroy();
  });
});
server.on('error', (error) => {
  console.error(`the shop cannot listen: ${error.message}`);
  process.exit(1);
});
let origin;
let shop;
server.listen(settings.port, HOST, () => {
  origin = `http://${HOST}:${server.address().port}`;
  shop = sale({ raseed: raseedApi({ url: settings.edge, secretKey: settings.secretKey }), orders, bank: toyBank(), origin });
  console.log(JSON.stringify({ url: origin }));
});

async function serve(request, response) {
  const visit = visitOf(request);
  try {
    send(request, response, await answer(request, visit));
  } catch (error) {
    // A visitor who left while sending is no fault of the shop, and hears no answer.
    if (request.errored) response.destroy();
    else send(request, response, failure(error, visit));
  }
}

/** What an address asks for: `{url, lang, order, action}`; the language may come later from a form. */
function visitOf(request) {
  const url = URL.canParse(request.url, origin) ? new URL(request.url, origin) : new URL(origin);
  const [, id, action = ''] = /^\/orders\/([A-Za-z0-9_-]{22})(?:\/(\w+))?$/.exec(url.pathname) ?? [];
  return { url, id, action, lang: known(url.searchParams.get('lang')), json: /\bjson\b/.test(request.headers.accept ?? '') };
}

async function answer(request, visit) {
  const { pathname } = visit.url;
  if (request.headers.host !== new URL(origin).host) return elsewhere(request, visit);
  if (pathname === '/') return method(request, { GET: () => newOrder(visit) });
  if (pathname === '/healthz') return method(request, { GET: () => json(200, { status: 'ok' }) });
  if (pathname === '/theme') return method(request, { GET: () => page(200, theme, "'self'") });
  if (pathname.startsWith('/assets/')) return method(request, { GET: () => file(pathname.slice(8), request) });
  if (!visit.id) throw new BadRequest(404, 'not_found');
  return method(request, ORDER_ACTIONS.get(visit.action), visit);
}

const ORDER_ACTIONS = new Map([
  ['', { GET: (request, visit) => checkout(visit) }],
  ['receipt', { GET: (request, visit) => receipt(visit) }],
  ['lines', { POST: lines }],
  ['pay', { POST: pay }],
  ['release', { POST: release }],
  ['refunds', { POST: refunds }],
]);

async function newOrder(visit) {
  const order = await orders.create(visit.lang ?? 'ar');
  return redirect(`/orders/${order.id}`, order.lang);
}

const checkout = (visit) => withOrder(visit, async (order) => {
  if (order.paid_at || order.step === 'capture') return redirect(`/orders/${order.id}/receipt`, order.lang);
  const { quote, away } = await shop.present(order);
  const { edge, publishableKey } = settings;
  return page(200, checkoutPage({ order, quote, away, lang: order.lang, edge, publishableKey }));
});

const receipt = (visit) => withOrder(visit, async (order) => {
  await shop.confirm(order);
  if (!order.paid_at && order.step !== 'capture') return redirect(`/orders/${order.id}`, order.lang);
  return page(200, receiptPage({ order, refundable: shop.refundable(order), lang: order.lang }));
});

async function lines(request, visit) {
  const form = await formOf(request, visit);
  const quantity = needInteger(form, 'quantity', 'quantity_invalid');
  return withOrder(visit, async (order) => {
    await shop.setQuantity(order, need(form, 'sku'), quantity);
    if (!visit.json) return redirect(`/orders/${order.id}`, order.lang);
    // The widget reads the checkout again, so its total has to be right before the page hears.
    const { quote } = await shop.present(order);
    const total = orderTotal(order);
    return json(200, { total, remaining: quote?.remaining ?? total, checkout: order.checkout?.id ?? '', basket: String(basket(order, order.lang)) });
  });
}

async function pay(request, visit) {
  const form = await formOf(request, visit);
  const card = need(form, 'card');
  if (!CARDS.has(card)) throw new BadRequest(422, 'card_unknown');
  const payment = { card, shown: needInteger(form, 'shown', 'amount_invalid'), gift: form.get('raseed') ?? '', known: form.get('checkout') ?? '' };
  return withOrder(visit, async (order) => {
    await shop.pay(order, payment);
    const done = order.paid_at || order.step === 'capture';
    return redirect(`/orders/${order.id}${done ? '/receipt' : ''}`, order.lang);
  });
}

async function release(request, visit) {
  await formOf(request, visit);
  return withOrder(visit, async (order) => {
    await shop.release(order);
    return redirect(`/orders/${order.id}`, order.lang);
  });
}

async function refunds(request, visit) {
  const form = await formOf(request, visit);
  const attempt = needInteger(form, 'attempt', 'field_missing');
  return withOrder(visit, async (order) => {
    if (order.paid_at && order.checkout) await shop.refund(order, read(need(form, 'amount')), attempt);
    return redirect(`/orders/${order.id}/receipt`, order.lang);
  });
}

async function formOf(request, visit) {
  const form = await fields(request);
  visit.lang ??= known(form.get('lang'));
  return form;
}

/** Runs `work` alone with the order of this address, in the language that was asked for. */
async function withOrder(visit, work) {
  const result = await orders.with(visit.id, (order) => {
    if (visit.lang) order.lang = visit.lang;
    return work(order);
  });
  if (!result) throw new BadRequest(404, 'order_unknown');
  return result;
}

function method(request, table, visit) {
  if (!table) throw new BadRequest(404, 'not_found');
  const run = table[request.method === 'HEAD' ? 'GET' : request.method];
  if (!run) throw Object.assign(new BadRequest(405, 'method_not_allowed'), { allow: Object.keys(table).join(', ') });
  return run(request, visit);
}

// The checkout token is good for one origin, so other names of this machine are sent to it; a
// foreign name that somebody pointed here gets nothing.
function elsewhere(request, visit) {
  const name = (request.headers.host ?? '').replace(/:\d+$/, '');
  if (name !== 'localhost' || request.method !== 'GET') throw new BadRequest(421, 'host_unknown');
  return { status: 302, headers: { location: origin + visit.url.pathname + visit.url.search }, body: '' };
}

function file(name, request) {
  const found = asset(name, request.headers['if-none-match']);
  if (!found) throw new BadRequest(404, 'not_found');
  return found;
}

function failure(error, visit) {
  const bad = error instanceof BadRequest;
  if (!bad) console.error(error);
  const { status, code } = bad ? error : { status: 500, code: 'fault' };
  const lang = visit.lang ?? 'ar';
  // A body that was refused unread would be taken for the next request on this connection.
  const headers = { ...(error.allow && { allow: error.allow }), ...(status === 413 && { connection: 'close' }) };
  const back = visit.id && code !== 'order_unknown' ? `/orders/${visit.id}` : null;
  const made = visit.json ? json(status, { error: code }) : page(status, errorPage({ lang, code, back }));
  return { ...made, headers: { ...made.headers, ...headers } };
}

const page = (status, markup, frames) => ({
  status,
  headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy(settings.edge, frames), 'cache-control': 'no-store' },
  body: String(markup),
});

const json = (status, document) => ({
  status,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  body: JSON.stringify(document),
});

const redirect = (path, lang) => ({ status: 303, headers: { location: `${path}?lang=${lang}`, 'cache-control': 'no-store' }, body: '' });

function send(request, response, { status, headers, body }) {
  // The address of an order opens it, so it is told to no other site.
  response.writeHead(status, { 'x-content-type-options': 'nosniff', 'referrer-policy': 'same-origin', ...headers });
  response.end(request.method === 'HEAD' ? undefined : body);
}

const known = (lang) => (LANGUAGES.includes(lang) ? lang : undefined);

function required(name) {
  const value = process.env[name];
  if (value) return value;
  console.error(`${name} is not set: the shop needs the address and the two keys of a Raseed server.`);
  return process.exit(2);
}
