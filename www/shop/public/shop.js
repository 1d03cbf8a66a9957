// The page's script: it keeps the shop's own figures true while the shopper works.
//
// For: following the widget (the amount on the button, the bank card's part), changing quantities
// without a reload, sending the payment once, and the refund form's label. Every form works without
// it. Sentences come from the page in its language; amounts are written by the same module as on
// the server. Leaves out: everything about gift cards, which is the widget's.

import { pieces, read } from './money.js';

const lang = document.documentElement.lang;
const by = (id) => document.getElementById(id);

// A tag that has not come to life by now is not coming on this visit.
const WIDGET_PATIENCE_MS = 10_000;

/** An amount as on the server: one isolated run, the currency beside its number. */
function amount(minor) {
  const node = document.createElement('bdi');
  node.className = 'amount';
  node.dir = document.documentElement.dir;
  const parts = pieces(minor, lang).map(({ kind, text, value }) => {
    const part = document.createElement(kind === 'number' ? 'data' : 'span');
    part.className = kind;
    part.textContent = text;
    if (value) part.value = value;
    return part;
  });
  node.append(parts[0], '\u00a0', parts[1]);
  return node;
}

/** A sentence with its `{amount}` filled in, as nodes. */
function sentence(template, minor) {
  const [before, after] = template.split('{amount}');
  return after === undefined ? [before] : [before, amount(minor), after];
}

function followPayment(form) {
  const sentences = JSON.parse(form.dataset.sentences);
  const widget = form.querySelector('raseed-checkout');
  let remaining = Number(form.dataset.remaining);

  function show(next, spoken = true) {
    if (!Number.isSafeInteger(next) || next < 0) return;
    const changed = next !== remaining;
    remaining = next;
    form.elements.shown.value = String(next);
    by('pay').replaceChildren(...sentence(next === 0 ? sentences.complete : sentences.pay, next));
    by('bank-amount').replaceChildren(amount(next));
    by('bank-amount').hidden = by('bank-cards').hidden = next === 0;
    by('bank-unused').hidden = next > 0;
    // The widget says what it applied; the shop says only what that means for the bank card.
    if (changed && spoken) by('payment-status').replaceChildren(...sentence(next === 0 ? sentences.bank_unused : sentences.said_pay, next));
  }

  // Where the widget does not come, the shopper is told that the other way to pay is open.
  function showAway() {
    if (!widget || customElements.get('raseed-checkout')) return;
    widget.hidden = true;
    by('away').hidden = false;
  }

  form.addEventListener('raseed-change', ({ detail }) => show(detail?.remaining));
  form.addEventListener('raseed-ready', ({ target, detail }) => show(target.quote?.remaining ?? detail?.remaining, false));
  document.querySelector('script[data-key]')?.addEventListener('error', showAway);
  if (widget) setTimeout(showAway, WIDGET_PATIENCE_MS);
  // The widget may have been ready before this script was.
  show(widget?.quote?.remaining, false);

  sendOnce(form, () => {
    by('pay').setAttribute('aria-busy', 'true');
    by('pay').textContent = sentences.paying;
  }, () => show(remaining, false));

  return {
    sentences,
    /** The basket has another total: the server has told Raseed, the widget reads it again. */
    basketChanged({ total, remaining: left, checkout }) {
      if (checkout !== form.elements.checkout.value) return location.reload();
      form.dataset.total = String(total);
      show(left, false);
      return widget?.refresh?.({ total });
    },
  };
}

/** Lets a form go out once, however often it is pressed, and wakes it when the page comes back. */
function sendOnce(form, begin, end) {
  let sent = false;
  form.addEventListener('submit', (event) => {
    if (sent) return event.preventDefault();
    sent = true;
    return begin();
  });
  addEventListener('pageshow', ({ persisted }) => {
    if (!persisted) return;
    sent = false;
    form.querySelector('[aria-busy]')?.removeAttribute('aria-busy');
    end();
  });
}

function followBasket(payment) {
  let busy = false;

  // Each button of the form names the quantity it leads to.
  async function change(form, button) {
    const body = new URLSearchParams(new FormData(form));
    body.set(button.name, button.value);
    const response = await fetch(form.action, { method: 'POST', body, headers: { accept: 'application/json' } });
    if (!response.ok) throw new Error(String(response.status));
    const answer = await response.json();
    redraw(answer.basket, button);
    by('basket-status').replaceChildren(...sentence(payment.sentences.said_total, answer.total));
    await payment.basketChanged(answer);
  }

  document.addEventListener('submit', async (event) => {
    if (!event.target.matches('form[data-quantity]') || !event.submitter) return;
    event.preventDefault();
    if (busy || event.submitter.getAttribute('aria-disabled') === 'true') return;
    busy = true;
    try {
      await change(event.target, event.submitter);
    } catch {
      by('basket-status').textContent = payment.sentences.said_failed;
      by('basket-status').classList.remove('unseen');
    } finally {
      busy = false;
    }
  });
}

/** Puts the server's basket in place of the old one and leaves the focus where it was. */
function redraw(markup, button) {
  const place = [...by('basket').querySelectorAll('.line')].indexOf(button.closest('.line'));
  const fresh = new DOMParser().parseFromString(markup, 'text/html').getElementById('basket');
  by('basket').replaceWith(fresh);
  by('basket-status').classList.add('unseen');
  const same = fresh.querySelector(`[data-focus="${CSS.escape(button.dataset.focus)}"]`);
  if (same) return same.focus({ preventScroll: true });
  // The line is gone; the line that took its place is where a keyboard expects to be.
  const next = [...fresh.querySelectorAll('.line')].at(Math.min(place, fresh.querySelectorAll('.line').length - 1));
  return (next.querySelector('.word') ?? next.querySelector('.step')).focus({ preventScroll: true });
}

function followRefund(form) {
  const { sentence: template, plain } = form.dataset;
  form.elements.amount.addEventListener('input', () => {
    const minor = read(form.elements.amount.value);
    by('refund').replaceChildren(...(minor === null ? [plain] : sentence(template, minor)));
  });
  sendOnce(form, () => by('refund').setAttribute('aria-busy', 'true'), () => {});
}

const paymentForm = by('payment');
if (paymentForm) followBasket(followPayment(paymentForm));

const refundForm = document.querySelector('form[data-refund]');
if (refundForm) followRefund(refundForm);

document.querySelector('.notice')?.focus();
