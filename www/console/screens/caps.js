// The most that is issued of a programme: on one day, to one buyer ever, and to one buyer on one day. And whom a card is for, where a programme asks for it.

import { h } from '../../card/dom.js';
import { readAmount, typed } from '../../card/figures.js';
import { t } from '../../card/language.js';
import { field, input } from '../form.js';

const NAMES = ['day', 'buyer', 'buyer_day'];

/** What the server takes of a buyer's name. */
const BUYER_CHARS_MAX = 128;

/** Whether a card of that programme is issued only to somebody who is named. */
export const asksForBuyer = (programme) => Number.isInteger(programme?.caps?.buyer) || Number.isInteger(programme?.caps?.buyer_day);

/** The fields of the caps. `read` gives what stands in them, and `null` when nothing does; what is no amount is given as it stands, for the server to name. */
export function capFields(it) {
  const one = (name) => {
    const value = it.caps?.[name];
    const text = Number.isInteger(value) ? typed(value, it.currency) : '';
    return field(t(`cap_${name}`), input({ value: text, inputmode: 'decimal', dir: 'ltr', class: 'short' }), { name: `caps.${name}` });
  };
  const fields = NAMES.map(one);
  const written = (node) => {
    const text = node.control.value.trim();
    return text ? (readAmount(text, it.currency) ?? text) : null;
  };
  return {
    node: h(
      'fieldset',
      { class: 'caps', 'data-field': 'caps' },
      h('legend', {}, t('caps')),
      h('div', { class: 'pair' }, fields),
      h('p', { class: 'hint' }, t('caps_hint')),
    ),
    read() {
      const caps = Object.fromEntries(NAMES.map((name, index) => [name, written(fields[index])]));
      return Object.values(caps).some((each) => each !== null) ? caps : null;
    },
  };
}

/** The field for the buyer, shown while the programme asks for one. `isGood` says whether it has what it needs. */
export function buyerField(value, changed) {
  const control = input({ value, maxlength: String(BUYER_CHARS_MAX), dir: 'auto', on: { input: () => changed(control.value.trim()) } });
  const node = field(t('buyer'), control, { name: 'buyer', hint: t('buyer_hint') });
  const { fail } = node;
  return Object.assign(node, {
    // The programme may ask for one since a moment ago: what the server misses is shown.
    fail(text) {
      if (text) node.hidden = false;
      fail(text);
    },
    follow(programme) {
      node.hidden = !asksForBuyer(programme);
      node.fail(null);
    },
    isGood() {
      const good = node.hidden || control.value.trim() !== '';
      node.fail(good ? null : t('buyer_needed'));
      if (!good) control.focus();
      return good;
    },
    read: () => (node.hidden ? {} : { buyer: control.value.trim() }),
  });
}
