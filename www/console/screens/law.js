// Whose law holds: chosen by name from the places with rules, or any other by its code. A code of no country is refused before anything is saved.

import { h } from '../../card/dom.js';
import { t } from '../../card/language.js';
import { field, input, select } from '../form.js';
import { isPlace, placeName, PLACES } from '../words/places.js';
import { labelled } from './issue.js';
import '../words/settings.js';

const OTHER = 'other';

/** A field for the place `value`. `none` names what it means to choose no place. `read` gives the code or `null`, `isGood` says whether it is one. */
export function lawField(value, none, hint) {
  const isListed = !value || PLACES.includes(value);
  const code = input({ value: isListed ? '' : value, dir: 'ltr', maxlength: '6', class: 'short', spellcheck: 'false' });
  const other = field(t('law_code'), code, { name: 'jurisdiction', hint: t('law_code_hint', { example: '\u2066KW\u2069' }) });
  const options = [['', none], ...PLACES.map((place) => [place, placeName(place)]), [OTHER, t('law_other')]];
  const box = select(options, isListed ? (value ?? '') : OTHER, { on: { change: show } });
  const place = box.querySelector('select');
  function show() {
    other.hidden = place.value !== OTHER;
    other.fail(null);
  }
  const read = () => (place.value === OTHER ? code.value.trim().toUpperCase() : place.value) || null;
  const isGood = () => {
    const good = place.value !== OTHER || isPlace(read() ?? '');
    other.fail(good ? null : t('law_code_bad'));
    if (!good) code.focus();
    return good;
  };
  show();
  const node = h('div', { class: 'fields' }, h('div', { class: 'pair' }, labelled(t('law'), box), other), hint ? h('p', { class: 'hint' }, hint) : null);
  return { node, read, isGood };
}
