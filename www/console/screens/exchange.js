// Exchanging a code of another system: a shop assistant types what a shopper brings, and hands over the card with its new code. The old code is kept nowhere.

import { h } from '../../card/dom.js';
import { t } from '../../card/language.js';
import { post, settled } from '../api.js';
import { clear, field, input, notice, refuse, working } from '../form.js';
import { symbolsOf } from '../old_cards.js';
import { done } from './issue.js';
import '../words/imports.js';

/** What of a refusal speaks of the code that was typed. */
const OF_CODE = { already_exchanged: 'exchanged_before', card_unknown: 'exchange_unknown' };

/** What is told, with the way to the card that a code was exchanged to: whoever never got its new code is given another one there. */
const exchangedTo = ({ gift_card: card }, told) =>
  card ? [told, ' ', h('a', { href: `#/cards/${card}` }, t('exchanged_card'))] : told;

/** The form, folded away unless `open`. `again` draws the screen for the next one. */
export function exchange(room, open, again) {
  const above = notice();
  const control = input({ dir: 'ltr', class: 'mono', spellcheck: 'false', autocapitalize: 'characters', maxlength: '200' });
  const code = field(t('old_code'), control, { name: 'old_code' });
  const go = h('button', { type: 'submit', class: 'button main' }, t('exchange_go'));
  const form = h(
    'form',
    { novalidate: true, on: { submit: (event) => event.preventDefault() } },
    h('p', { class: 'quiet' }, t('exchange_lead')),
    h('div', { class: 'with-button' }, code, go),
    above,
  );
  working(go, async () => {
    clear(form, above);
    const typed = control.value.trim();
    if (!typed) {
      code.fail(t('old_code_needed'));
      return control.focus();
    }
    const settings = await settled();
    if (!settings.ok) return refuse(form, above, settings.body);
    // As it is compared: however it is typed when it is asked again, it is the same act.
    const answer = await post('/v1/imports/exchange', { old_code: symbolsOf(typed) });
    if (answer.ok) return done(room, settings.body, answer.body, { title: 'exchanged_title', next: 'exchange_another', again });
    const told = OF_CODE[answer.body.code];
    if (!told) return refuse(form, above, answer.body);
    code.fail(exchangedTo(answer.body, t(told)));
    return control.focus();
  });
  return h('details', { class: 'exchange', open }, h('summary', {}, t('exchange')), form);
}
