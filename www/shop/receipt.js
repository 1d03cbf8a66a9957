// The receipt: what was bought, how it was paid, and the owner's refund.
//
// For: a paid order, and one whose capture has not been confirmed yet (which must not invite anybody
// to pay again). The shares wear the colours that the shopper saw in the widget.

import { html } from './html.js';
import { say, text } from './words.js';
import { count, figure, moment } from './public/money.js';
import { GOODS, lineTotal } from './goods.js';
import { orderTotal, reference } from './orders.js';
import { amount, code, last4, layout, notice } from './layout.js';
import { sums } from './pages.js';
import { TICK, coverageBar, littleCard, picture } from './drawings.js';

// The widget has five colours for cards, by their place in the order.
const TINTS = 5;

// What the owner's form suggests; any amount up to what is refundable may be entered.
const SUGGESTED_REFUND = 4000;

export function receiptPage({ order, refundable, lang }) {
  const path = `/orders/${order.id}/receipt`;
  const pending = !order.paid_at;
  return layout({
    lang,
    path,
    title: text(lang, 'receipt'),
    head: html`<script type="module" src="/assets/shop.js"></script>`,
    body: html`<main class="narrow receipt">
  ${pending ? pendingHead(order, path, lang) : paidHead(order, lang)}
  ${!pending && notice(lang, order.notice ?? {})}
  <section class="panel" aria-labelledby="paid-title">
    <h2 id="paid-title">${text(lang, 'paid_with')}</h2>
    ${payments(order, lang)}
  </section>
  <section class="panel" aria-labelledby="items-title">
    <h2 id="items-title">${text(lang, 'items')}</h2>
    <ul class="lines">${order.lines.map((line) => receiptLine(line, lang))}</ul>
    ${sums(orderTotal(order), lang)}
  </section>
  ${!pending && html`<p class="onward"><a class="quiet" href="/?lang=${lang}">${text(lang, 'new_order')}</a></p>`}
  ${!pending && order.split.covered > 0 && office({ order, refundable, lang })}
</main>`,
  });
}

function paidHead(order, lang) {
  const values = { reference: code(reference(order)), date: moment(order.paid_at, lang) };
  return html`<header class="outcome">${TICK}<h1>${text(lang, 'thanks')}</h1><p class="muted">${say(lang, 'thanks_note', values)}</p></header>`;
}

function pendingHead(order, path, lang) {
  return html`<header class="outcome"><h1>${text(lang, 'pending')}</h1>
    <p class="muted">${say(lang, 'pending_note', { reference: code(reference(order)) })}</p>
    <p><a class="primary" href="${path}?lang=${lang}">${text(lang, 'check_again')}</a></p></header>`;
}

function payments({ split, charge }, lang) {
  const gifts = split.tenders.filter((tender) => tender.applied > 0).map((tender, index) => ({
    tint: (index % TINTS) + 1,
    amount: tender.applied,
    name: say(lang, 'gift_card_last4', { last4: last4(tender.last4) }),
    note: Number.isSafeInteger(tender.balance_after) && say(lang, 'leaves', { amount: amount(tender.balance_after, lang) }),
  }));
  const bank = charge ? [{ tint: 'bank', amount: charge.amount, name: say(lang, 'bank_card_last4', { last4: last4(charge.last4) }) }] : [];
  const shares = [...gifts, ...bank];
  return html`${coverageBar(shares, split.covered + split.remaining)}
    <ul class="shares">${shares.map((share) => html`<li>
      ${littleCard(share.tint)}<div>${share.name}${share.note && html`<p class="small">${share.note}</p>`}</div>${amount(share.amount, lang)}
    </li>`)}</ul>`;
}

function receiptLine(line, lang) {
  const { name, note, price } = GOODS.get(line.sku);
  return html`<li class="line">
    ${picture(line.sku)}
    <div class="line-words"><h3>${name[lang]}</h3><p class="small">${note[lang]}</p>
      ${line.quantity > 1 && html`<p class="small">${count(line.quantity, lang)} × ${amount(price, lang)}</p>`}</div>
    <div class="line-amount">${amount(lineTotal(line), lang)}</div>
  </li>`;
}

function office({ order, refundable, lang }) {
  return html`<section class="office" id="office" aria-labelledby="office-title">
    <h2 id="office-title">${text(lang, 'office')}</h2>
    <p class="small">${text(lang, 'office_note')}</p>
    ${order.refunds.length > 0 && html`<ul class="refunds">${order.refunds.map((refund) => refundLine(refund, lang))}</ul>`}
    ${refundable > 0 ? refundForm({ order, refundable, lang }) : html`<p class="small good">${text(lang, 'refunded_all')}</p>`}
  </section>`;
}

function refundLine(refund, lang) {
  const shares = refund.tenders.length
    ? refund.tenders.map((tender) => html`<span>${say(lang, 'refunded_to', { amount: amount(tender.amount, lang), last4: last4(tender.last4) })}</span>`)
    : html`<span>${say(lang, 'refunded', { amount: amount(refund.amount, lang) })}</span>`;
  return html`<li><div>${shares}</div><span class="small">${moment(refund.created_at, lang)}</span></li>`;
}

function refundForm({ order, refundable, lang }) {
  const value = order.refund_pending ?? Math.min(SUGGESTED_REFUND, refundable);
  return html`<form class="refund" method="post" action="/orders/${order.id}/refunds" data-refund data-sentence="${text(lang, 'refund', { amount: '{amount}' })}" data-plain="${text(lang, 'refund_plain')}">
      <input type="hidden" name="lang" value="${lang}"><input type="hidden" name="attempt" value="${order.refund_attempt}">
      ${order.refund_pending && html`<p class="small">${say(lang, 'refund_waiting', { amount: amount(order.refund_pending, lang) })}</p>`}
      <label for="refund-amount">${text(lang, 'refund_amount_label')} <span class="small">${say(lang, 'refund_up_to', { amount: amount(refundable, lang) })}</span></label>
      <div class="refund-row">
        <input id="refund-amount" name="amount" inputmode="decimal" autocomplete="off" dir="ltr" value="${figure(value, lang)}"${order.refund_pending && html` readonly`}>
        <button class="secondary" id="refund">${say(lang, 'refund', { amount: amount(value, lang) })}</button>
      </div>
    </form>`;
}
