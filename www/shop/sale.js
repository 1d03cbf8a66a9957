// The sale of one order: from an open basket to captured money, and back by refund.
//
// For: the order of calls that keeps a shopper's money right when any call may fail, be lost or
// be answered late. The order (lines, total) is the truth; the checkout at Raseed follows it.
//
//   authorize   the gift cards are held                 undone by: void
//   charge      the bank card pays what they leave      undone by: giving it back
//   capture     the held value is taken; sold           undone by: refund
//
// `order.step` is saved *before* the call it names, with everything that the call's idempotency key
// is built from. So whoever finds an order with a step, after a time-out or a crash, repeats that
// call and learns its end; nothing is held, charged or captured twice. Nothing is captured that was
// not authorized, and no bank card is charged another amount than the pressed button showed.
// Leaves out: words and pages. What the shopper must know is left in `order.notice`.

import { Refused, Unreachable } from './raseed.js';
import { BadRequest } from './request.js';
import { CURRENCY } from './public/money.js';
import { MAX_QUANTITY } from './goods.js';
import { orderTotal, reference } from './orders.js';

// These say that the checkout itself is over; the order goes on in a new one.
const ENDED = new Set(['not_found', 'checkout_not_open', 'checkout_not_authorized', 'already_voided', 'already_captured', 'hold_expired']);

// These refuse the caller or the moment, not the deed: asked again later, the answer may be yes.
const NOT_NOW = new Set([401, 403, 429]);

export function sale({ raseed, orders, bank, origin }) {
  const keyOf = (order, verb) => `noor-${order.seed}-${verb}-${order.round}.${order.attempt}`;

  const termsOf = (order) => ({ total: orderTotal(order), currency: CURRENCY, reference: reference(order) });

  async function enter(order, changes) {
    Object.assign(order, changes);
    await orders.save(order);
  }

  /** Leaves the checkout behind: the same order, a new purchase attempt. */
  const nextRound = (order, notice) => enter(order, {
    round: order.round + 1, attempt: 1, checkout: null, step: null, agreed: null, split: null, card: null, charge: null, notice,
  });

  const sold = (order) => enter(order, { step: null, paid_at: new Date().toISOString(), notice: null });

  async function openCheckout(order) {
    const answer = await raseed.openCheckout({ ...termsOf(order), origin }, keyOf(order, `open-${orderTotal(order)}`));
    await enter(order, { checkout: { id: answer.id, token: answer.token } });
    return answer.quote;
  }

  /** Makes the checkout say what the order says, and returns its quote. */
  async function follow(order) {
    if (!order.checkout) return openCheckout(order);
    try {
      const answer = await raseed.readCheckout(order.checkout.id);
      if (answer.status !== 'open') return await reopen(order, answer.quote);
      if (answer.total === orderTotal(order)) return answer.quote;
      return (await raseed.retotal(order.checkout.id, orderTotal(order))).quote;
    } catch (error) {
      if (error instanceof Refused && ENDED.has(error.code)) return reopen(order);
      throw error;
    }
  }

  // A shopper who had cards applied is told why they are gone; another has lost nothing.
  async function reopen(order, quote) {
    await nextRound(order, quote?.tenders.length ? { code: 'checkout_ended' } : order.notice);
    return openCheckout(order);
  }

  /** What the order's page shows: `{quote}`, or `{away}` with the reason why there is none. */
  async function present(order) {
    try {
      if (order.step === 'void') await letGo(order);
      return { quote: order.step ? order.split : await follow(order) };
    } catch (error) {
      return { quote: null, away: explain(error) };
    }
  }

  /** Sets a line's quantity; 0 takes it out. */
  async function setQuantity(order, sku, quantity) {
    if (order.step || order.paid_at) throw new BadRequest(409, 'order_locked');
    const line = order.lines.find((each) => each.sku === sku);
    if (!line) throw new BadRequest(422, 'line_unknown');
    if (!Number.isSafeInteger(quantity) || quantity < 0 || quantity > MAX_QUANTITY) throw new BadRequest(422, 'quantity_invalid');
    const lines = order.lines.map((each) => (each === line ? { sku, quantity } : each)).filter((each) => each.quantity > 0);
    if (lines.length === 0) throw new BadRequest(422, 'basket_empty');
    await enter(order, { lines, notice: null });
  }

  /**
   * Pays as far as it gets. `shown` is the amount on the button that was pressed; `gift` is the
   * checkout the widget put into the form, empty when it has no card applied; `known` is the
   * checkout the page was made with.
   */
  async function pay(order, { card, shown, gift, known }) {
    if (order.paid_at) return;
    try {
      if (!order.step || order.step === 'void') await prepare(order, { shown, gift, known });
      if (order.step === 'authorize') await authorize(order);
      if (order.step === 'charge') await charge(order, card);
      if (order.step === 'capture') await capture(order);
    } catch (error) {
      if (!(error instanceof Refused) && !(error instanceof Unreachable)) throw error;
      await enter(order, { notice: unfinished(order, error) });
    }
  }

  // Decides which way this payment goes, and that its amount is the one the shopper agreed to.
  async function prepare(order, { shown, gift, known }) {
    if (order.step === 'void') return letGo(order);
    order.notice = null;
    const total = orderTotal(order);
    // The bank card pays it all and Raseed is not asked, so an outage there stops no sale. A
    // checkout that is left open holds nothing.
    if (!gift && shown === total) {
      return enter(order, { step: 'charge', agreed: shown, checkout: null, split: { tenders: [], covered: 0, remaining: total } });
    }
    const quote = await follow(order);
    if ((gift || known) !== order.checkout.id) return enter(order, { notice: order.notice ?? { code: 'checkout_ended' } });
    if (quote.remaining !== shown) return enter(order, { notice: { code: 'amount_changed', amount: quote.remaining } });
    await enter(order, { step: 'authorize', agreed: shown });
  }

  async function authorize(order) {
    try {
      const answer = await raseed.authorize(order.checkout.id, termsOf(order), keyOf(order, 'authorize'));
      const { tenders, covered, remaining } = answer.quote ?? (await raseed.readCheckout(order.checkout.id)).quote;
      await enter(order, { step: 'charge', split: { tenders, covered, remaining } });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (ENDED.has(error.code)) return nextRound(order, { code: 'checkout_ended' });
      // The refusal is final for this key; the next try is a new attempt with a new one.
      await enter(order, { step: null, attempt: order.attempt + 1, notice: refusal(error) });
    }
  }

  async function charge(order, card) {
    const { covered, remaining } = order.split;
    // The gift cards changed between the shopper's look and the hold: nobody agreed to this amount.
    if (remaining !== order.agreed) return undo(order, { code: 'amount_changed_released' });
    if (remaining > 0) {
      // The card is saved first, so that a repeated step cannot turn to another card.
      await enter(order, { card: order.card ?? card });
      const made = await bank.charge({ key: keyOf(order, 'charge'), amount: remaining, currency: CURRENCY, card: order.card });
      if (made.status !== 'charged') return undo(order, { code: covered ? 'bank_declined_released' : 'bank_declined' });
      order.charge = { id: made.id, amount: made.amount, last4: made.last4 };
    }
    return covered ? enter(order, { step: 'capture' }) : sold(order);
  }

  async function capture(order) {
    try {
      await raseed.capture(order.checkout.id, termsOf(order), keyOf(order, 'capture'));
    } catch (error) {
      if (!(error instanceof Refused) || NOT_NOW.has(error.status)) throw error;
      if (error.code !== 'already_captured') {
        // The gift cards did not pay, so the bank card must not have either.
        if (order.charge) await bank.giveBack(order.charge.id);
        return nextRound(order, { code: 'hold_ended' });
      }
    }
    await sold(order);
  }

  /** Takes an unfinished payment back, so that the order can be changed or paid another way. */
  async function undo(order, notice) {
    if (!order.checkout) return nextRound(order, notice);
    await enter(order, { step: 'void', notice });
    await letGo(order);
  }

  async function letGo(order) {
    try {
      await raseed.void(order.checkout.id, keyOf(order, 'void'));
    } catch (error) {
      if (!(error instanceof Refused) || !ENDED.has(error.code)) throw error;
    }
    await nextRound(order, order.notice);
  }

  /**
   * The shopper gives up a payment that hangs. When Raseed cannot be told, the order goes on all
   * the same: what is held and never captured is free again when the hold ends.
   */
  async function release(order) {
    if (!order.step || order.step === 'capture') return;
    try {
      await undo(order, { code: 'released' });
    } catch (error) {
      explain(error);
      await nextRound(order, { code: 'released_later' });
    }
  }

  /** Finishes a capture whose end is not known yet. */
  async function confirm(order) {
    if (order.step === 'capture') await pay(order, {});
  }

  const refundable = (order) => order.split.covered - order.refunds.reduce((sum, refund) => sum + refund.amount, 0);

  /**
   * Gives gift card value back. `attempt` is the number that the form was made with: a form sent
   * twice is one refund. While an end is unknown the amount stays, since its key is bound to it.
   */
  async function refund(order, amount, attempt) {
    if (attempt !== order.refund_attempt) return;
    const value = order.refund_pending ?? amount;
    if (value === null || value > refundable(order)) return enter(order, { notice: { code: 'refund_amount', amount: refundable(order) } });
    await enter(order, { refund_pending: value, notice: null });
    const settled = { refund_pending: null, refund_attempt: attempt + 1 };
    try {
      const made = await raseed.refund(order.checkout.id, { amount: value }, `noor-${order.seed}-refund-${attempt}`);
      const { id, tenders = [], created_at = new Date().toISOString() } = made;
      await enter(order, { ...settled, refunds: [...order.refunds, { id, amount: value, tenders, created_at }] });
    } catch (error) {
      explain(error);
      if (error instanceof Refused) return enter(order, { ...settled, notice: refusal(error) });
      await enter(order, { notice: { code: 'refund_unknown' } });
    }
  }

  return { present, setQuantity, pay, release, confirm, refund, refundable };
}

// What the shopper is told about a payment that stopped half-way, by how far it had come.
function unfinished(order, error) {
  const reason = explain(error);
  if (order.step === 'void') return order.notice;
  // The receipt says by itself that it waits.
  if (order.step === 'capture') return null;
  return { code: order.step === 'authorize' ? 'authorize_unknown' : reason };
}

function refusal(error) {
  if (explain(error) === 'misconfigured') return { code: 'misconfigured' };
  const told = { tender_declined: 'card_changed', total_mismatch: 'order_changed' };
  return { code: told[error.code] ?? 'refused', reason: error.code };
}

/** Why Raseed is of no use right now: it cannot be reached, or it does not accept this shop. */
function explain(error) {
  if (!(error instanceof Refused) && !(error instanceof Unreachable)) throw error;
  console.error(`raseed: ${error.message}`);
  return error.status === 401 || error.status === 403 ? 'misconfigured' : 'away';
}
