// The checkout page, and the page for what went wrong.
//
// For: basket and payment on one page. The payment form is an ordinary form that works without the
// page's script; the script only saves reloads and keeps the button's amount true. The basket
// stands alone as a fragment too, so that a changed quantity redraws it and leaves the widget be.
// Leaves out: the receipt (receipt.js), deciding anything (sale.js).

import { html } from './html.js';
import { say, text } from './words.js';
import { CURRENCY, count, percent } from './public/money.js';
import { GOODS, MAX_QUANTITY, VAT_RATE, lineTotal, vatWithin } from './goods.js';
import { CARDS } from './payment.js';
import { orderTotal, reference } from './orders.js';
import { amount, last4, layout, notice } from './layout.js';
import { MINUS, PLUS, littleCard, picture } from './drawings.js';

/** `quote` is Raseed's, or null with the reason in `away`; `edge` is Raseed's address. */
export function checkoutPage({ order, quote, away, lang, edge, publishableKey }) {
  const path = `/orders/${order.id}`;
  const told = order.step === 'void' ? { code: 'releasing' } : order.notice ?? (away && { code: away });
  const widget = !order.step && order.checkout && !away;
  return layout({
    lang,
    path,
    title: text(lang, 'checkout'),
    head: html`<script type="module" src="/assets/shop.js"></script>
${widget && html`<script async src="${edge}/widget/v1/raseed.js" data-key="${publishableKey}"></script>`}`,
    body: html`<main class="checkout">
  <h1>${text(lang, 'checkout')}</h1>
  ${notice(lang, told || {})}
  <div class="columns">
    <div>
      ${basket(order, lang)}
      <p class="unseen" role="status" id="basket-status"></p>
    </div>
    ${order.step ? hangingPayment({ order, path, lang }) : paymentForm({ order, quote, widget, path, lang })}
  </div>
</main>`,
  });
}

/** The basket with its sums, as markup that can replace itself. */
export function basket(order, lang) {
  const total = orderTotal(order);
  return html`<section class="panel basket" id="basket" aria-labelledby="basket-title" data-total="${total}">
  <h2 id="basket-title">${text(lang, 'basket')}</h2>
  <ul class="lines">${order.lines.map((line) => basketLine(order, line, lang))}</ul>
  ${sums(total, lang)}
</section>`;
}

export function sums(total, lang) {
  const vat = say(lang, 'vat', { rate: percent(VAT_RATE, lang), amount: amount(vatWithin(total), lang) });
  return html`<dl class="sums">
    <div><dt>${text(lang, 'subtotal')}</dt><dd>${amount(total, lang)}</dd></div>
    <div><dt>${text(lang, 'delivery')}</dt><dd>${text(lang, 'free')}</dd></div>
    <div class="total"><dt>${text(lang, 'total')}</dt><dd id="total">${amount(total, lang)}</dd></div>
  </dl>
  <p class="small">${vat}</p>`;
}

function basketLine(order, line, lang) {
  const { name, note } = GOODS.get(line.sku);
  return html`<li class="line">
    ${picture(line.sku)}
    <div class="line-words">
      <h3>${name[lang]}</h3>
      <p class="small">${note[lang]}</p>
    </div>
    <div class="line-amount">${amount(lineTotal(line), lang)}</div>
    ${order.step ? html`<p class="small line-tools">${text(lang, 'quantity')}: ${count(line.quantity, lang)}</p>` : quantityForm(order, line, lang)}
  </li>`;
}

// Each button says the quantity it leads to, so the form needs no script and no arithmetic.
function quantityForm(order, { sku, quantity }, lang) {
  const name = GOODS.get(sku).name[lang];
  const button = (kind, to, sign, key) => html`<button class="step" name="quantity" value="${to}" data-focus="${kind}-${sku}" aria-label="${text(lang, key, { name })}"${to === quantity && html` aria-disabled="true"`}>${sign}</button>`;
  return html`<form class="line-tools" method="post" action="/orders/${order.id}/lines" data-quantity>
      <input type="hidden" name="sku" value="${sku}"><input type="hidden" name="lang" value="${lang}">
      <div class="stepper" role="group" aria-label="${text(lang, 'quantity')}">
        ${button('less', Math.max(1, quantity - 1), MINUS, 'less')}
        <span class="quantity">${count(quantity, lang)}</span>
        ${button('more', Math.min(MAX_QUANTITY, quantity + 1), PLUS, 'more')}
      </div>
      ${order.lines.length > 1 && html`<button class="word" name="quantity" value="0" data-focus="remove-${sku}" aria-label="${text(lang, 'remove_name', { name })}">${text(lang, 'remove')}</button>`}
    </form>`;
}

function paymentForm({ order, quote, widget, path, lang }) {
  const total = orderTotal(order);
  const remaining = quote ? quote.remaining : total;
  // The script writes the same sentences; it gets them from here, so words stay in one place.
  const sentences = Object.fromEntries(['pay', 'complete', 'paying', 'said_pay', 'bank_unused', 'said_total', 'said_failed', 'gift_cards_away']
    .map((key) => [key, text(lang, key, { amount: '{amount}' })]));
  return html`<form class="payment" id="payment" method="post" action="${path}/pay" aria-labelledby="payment-title"
    data-total="${total}" data-remaining="${remaining}" data-sentences="${JSON.stringify(sentences)}">
  <h2 class="unseen" id="payment-title">${text(lang, 'payment')}</h2>
  <input type="hidden" name="lang" value="${lang}">
  <input type="hidden" name="shown" value="${remaining}">
  <input type="hidden" name="checkout" value="${order.checkout?.id ?? ''}">
  ${widget && html`<raseed-checkout checkout="${order.checkout.id}" token="${order.checkout.token}" total="${total}" currency="${CURRENCY}" reference="${reference(order)}" lang="${lang}" name="raseed"></raseed-checkout>`}
  <p class="panel small away" id="away"${(widget || !order.notice) && html` hidden`}>${text(lang, 'gift_cards_away')}</p>
  ${bankCard(remaining, lang)}
  ${payButton(remaining, lang)}
  <p class="unseen" role="status" id="payment-status"></p>
</form>`;
}

function bankCard(remaining, lang) {
  return html`<section class="panel bank" aria-labelledby="bank-title">
    <div class="title-row"><h2 id="bank-title">${text(lang, 'bank_card')}</h2><span id="bank-amount"${remaining === 0 && html` hidden`}>${amount(remaining, lang)}</span></div>
    <div class="choices" role="radiogroup" aria-labelledby="bank-title" id="bank-cards"${remaining === 0 && html` hidden`}>
      ${[...CARDS].map(([card, { last4: end }], index) => html`<label class="choice">
        <input type="radio" name="card" value="${card}"${index === 0 && html` checked`}>
        ${littleCard('bank')}
        <span>${last4(end)}<span class="small">${text(lang, `card_${card}`)}</span></span>
      </label>`)}
    </div>
    <p class="small good" id="bank-unused"${remaining > 0 && html` hidden`}>${text(lang, 'bank_unused')}</p>
  </section>`;
}

function payButton(remaining, lang) {
  const label = remaining === 0 ? text(lang, 'complete') : say(lang, 'pay', { amount: amount(remaining, lang) });
  return html`<button class="primary" id="pay">${label}</button>`;
}

// A payment that stopped half-way: nothing may change under it, so there are two ways on, to ask
// again for its end or to take it back.
function hangingPayment({ order, path, lang }) {
  const fields = html`<input type="hidden" name="lang" value="${lang}">`;
  const retry = order.step === 'void'
    ? html`<a class="primary" href="${path}?lang=${lang}">${text(lang, 'try_again')}</a>`
    : html`<form method="post" action="${path}/pay">${fields}
        <input type="hidden" name="shown" value="${order.agreed}"><input type="hidden" name="checkout" value="${order.checkout?.id ?? ''}">
        <input type="hidden" name="card" value="${order.card ?? 'accepted'}">
        ${payButton(order.agreed, lang)}</form>`;
  return html`<section class="payment" aria-labelledby="payment-title">
  <h2 class="unseen" id="payment-title">${text(lang, 'payment')}</h2>
  ${order.split?.covered > 0 && html`<div class="panel"><h2>${text(lang, 'gift_cards')}</h2><p class="small">${text(lang, 'gift_cards_held')}</p></div>`}
  ${retry}
  <form method="post" action="${path}/release">${fields}<button class="quiet">${text(lang, 'give_up')}</button></form>
</section>`;
}

/** A request that could not be served, in the reader's words. */
export function errorPage({ lang, code, back }) {
  const title = text(lang, 'error_title');
  return layout({
    lang,
    path: back ?? '/',
    title,
    body: html`<main class="narrow"><div class="panel">
  <h1>${title}</h1>
  <p>${text(lang, `error_${code}`, { most: count(MAX_QUANTITY, lang) })}</p>
  <p><a class="quiet" href="${back ?? '/'}?lang=${lang}">${text(lang, back ? 'back_to_order' : 'back_to_shop')}</a></p>
</div></main>`,
  });
}
