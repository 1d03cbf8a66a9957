// How a programme's card looks, in hand and at a checkout, while it is being set up. The card is drawn in both languages, since a shop writes words for
// both. The checkout is the element that shoppers meet, in a frame (`checkout.js`), with an order of which the card pays a half.

import { h, put } from '../../card/dom.js';
import { exponentOf, money } from '../../card/figures.js';
import { face } from '../../card/face.js';
import { lang, t } from '../../card/language.js';
import { choice } from '../form.js';

/** How long the frame may take before it is said that there is none. The element comes with its page, so it is milliseconds. */
const PATIENCE_MS = 8_000;

const DAY_MS = 86_400_000;
const DAYS_MAX = 36_500;

/** The preview's `node`, and `paint`, which follows a programme as it is being edited. */
export function preview(shopName, oldCodes) {
  const cards = h('div', { class: 'preview-cards', tabindex: '0', role: 'group', 'aria-label': t('preview_card') });
  const order = checkout(oldCodes);
  return {
    node: h(
      'div',
      { class: 'preview' },
      h('section', { class: 'preview-hand' }, h('h2', { class: 'label' }, t('preview_card')), cards),
      h('section', { class: 'preview-checkout' }, h('h2', { class: 'label' }, t('preview_checkout')), order.node),
    ),
    paint(programme) {
      put(cards, faces(shopName, programme));
      order.follow(programme);
    },
  };
}

function faces(shopName, { name, look, currency, amount }) {
  const both = lang() === 'ar' ? ['ar', 'en'] : ['en', 'ar'];
  const words = (it, language) => it?.[language] || it?.ar || it?.en || '';
  return both.map((language) =>
    face({ shop: words(shopName, language), name: words(name, language), line: words(look.texts, language), amount, currency, look, language, last4: 'D5VV' }),
  );
}

/** The order that a card of the programme would pay for: twice the card's amount, or what the programme asks for at least; `isShort`, less than that. */
function orderOf({ kind, currency, amount, validity_days: days, min_spend: least }, wantsShort) {
  const paid = amount || 100 * 10 ** exponentOf(currency);
  const minimum = Number.isSafeInteger(least) && least > 1 ? least : null;
  const isShort = wantsShort && minimum !== null;
  const total = isShort ? Math.min(paid, minimum - 1) : Math.min(Math.max(paid * 2, minimum ?? 0), Number.MAX_SAFE_INTEGER);
  const ends = Number.isInteger(days) && days > 0 && days <= DAYS_MAX ? new Date(today() + days * DAY_MS).toISOString() : null;
  return { total, currency, card: { kind, last4: 'D5VV', available: paid, expires_at: ends }, minimum, isShort };
}

/** A moment that is the same for the whole day, so that time alone changes nothing. */
const today = () => Math.floor(Date.now() / DAY_MS) * DAY_MS + DAY_MS / 2;

/** The frame, and what can be chosen about it: the language, light or dark, and an order that is too small where that is a case. */
function checkout(oldCodes) {
  const view = { lang: lang(), theme: matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light', isShort: false };
  const frame = h('iframe', { class: 'checkout-frame', src: 'checkout.html', title: t('preview_checkout') });
  const about = h('p', { class: 'quiet', role: 'status' });
  const failure = h('p', { class: 'quiet', hidden: true }, t('preview_failed'));
  const orders = h('div');
  let isHere = false;
  let programme = null;
  let minimum = null;
  const set = (name) => (value) => {
    view[name] = value;
    send();
  };
  const chips = (name, values) =>
    choice(
      t(`preview_${name}`),
      null,
      values.map((value) => [value, h('span', {}, t(`preview_${name}_${value}`))]),
      view[name],
      set(name),
      { class: 'chips small', quiet: true },
    );
  function send() {
    if (!programme) return;
    const { lang: language, theme, isShort } = view;
    const order = orderOf(programme, isShort);
    about.textContent = t(order.isShort ? 'preview_order_short' : 'preview_order', { total: money(order.total, order.currency) });
    if (order.minimum !== minimum) drawOrders(order.minimum);
    if (isHere) frame.contentWindow.postMessage({ ...order, old_codes: oldCodes, lang: language, theme }, location.origin);
  }
  function drawOrders(least) {
    // Only where a choice comes or goes: it keeps the focus meanwhile.
    if ((least === null) !== (minimum === null)) put(orders, least === null ? null : orderChoice(view.isShort, set('isShort')));
    minimum = least;
  }
  listen(frame, { failure, begin: () => ((isHere = true), send()) });
  return {
    node: h(
      'div',
      { class: 'column tight' },
      h('div', { class: 'row' }, chips('lang', ['ar', 'en']), chips('theme', ['light', 'dark'])),
      orders,
      about,
      frame,
      failure,
    ),
    follow(next) {
      programme = next;
      send();
    },
  };
}

const orderChoice = (isShort, set) =>
  choice(
    t('preview_orders'),
    null,
    ['enough', 'short'].map((each) => [each, h('span', {}, t(`preview_${each}`))]),
    isShort ? 'short' : 'enough',
    (value) => set(value === 'short'),
    { class: 'chips small', quiet: true },
  );

/** Hears what the frame says, and nobody else, for as long as it stands in the page. */
function listen(frame, { failure, begin }) {
  const heard = ({ data, origin, source }) => {
    // The screen was left.
    if (!frame.isConnected) return removeEventListener('message', heard);
    if (origin !== location.origin || source !== frame.contentWindow) return undefined;
    if (data.here) begin();
    if (data.height) frame.style.blockSize = `${data.height}px`;
    if (data.shown || data.failed) {
      clearTimeout(waiting);
      failure.hidden = !data.failed;
      frame.hidden = !!data.failed;
    }
    return undefined;
  };
  const waiting = setTimeout(() => {
    failure.hidden = false;
  }, PATIENCE_MS);
  addEventListener('message', heard);
}
