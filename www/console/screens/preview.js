// How a programme's card looks, in hand and at a checkout, while it is being set up. The checkout is drawn with the widget's tokens: an order of which the card
// pays a part. Both languages are shown, since a shop writes words for both.

import { h } from '../../card/dom.js';
import { exponentOf, money } from '../../card/figures.js';
import { face, sum } from '../../card/face.js';
import { lang, t } from '../../card/language.js';

/** A programme as it is being edited, drawn. */
export function preview(shopName, { name, look, currency, amount }) {
  const both = lang() === 'ar' ? ['ar', 'en'] : ['en', 'ar'];
  const words = (it, language) => it?.[language] || it?.ar || it?.en || '';
  const one = (language) =>
    face({ shop: words(shopName, language), name: words(name, language), line: words(look.texts, language), amount, currency, look, language, last4: 'D5VV' });
  return h(
    'div',
    { class: 'preview' },
    h('h2', { class: 'label' }, t('preview_card')),
    h('div', { class: 'preview-cards', tabindex: '0', role: 'group', 'aria-label': t('preview_card') }, both.map(one)),
    h('h2', { class: 'label' }, t('preview_checkout')),
    checkout({ look, currency, amount }),
  );
}

function checkout({ look, currency, amount }) {
  const paid = amount || 100 * 10 ** exponentOf(currency);
  const rest = Math.round(paid * 0.6);
  return h(
    'div',
    { class: 'preview-checkout', vars: { '--card': look.colour } },
    h('p', { class: 'strong' }, t('preview_field')),
    h(
      'div',
      { class: 'preview-tender' },
      face({ look, small: true }),
      h(
        'span',
        { class: 'grow' },
        h('bdi', { class: 'mono' }, '•••• D5VV'),
        h('span', { class: 'quiet block' }, t('preview_leaves', { amount: money(0, currency) })),
      ),
      h('span', { class: 'strong' }, money(paid, currency)),
      h('span', { class: 'underlined' }, t('preview_remove')),
    ),
    h('div', { class: 'preview-bar', 'aria-hidden': 'true' }, h('span')),
    h('div', { class: 'preview-rest' }, h('span', {}, t('preview_remaining')), sum(rest, currency)),
  );
}
