// What all screens about cards share: how a card is drawn and named, and the sheet with a code.

import { h } from '../../card/dom.js';
import { face } from '../../card/face.js';
import { money } from '../../card/figures.js';
import { lang, said, t } from '../../card/language.js';
import { barcode, qr } from '../../card/marks.js';
import { copier } from '../form.js';
import '../words/cards.js';

/** The looks of cards without a programme, one for each kind: those that the server gives a programme that says nothing. */
const LOOKS = { paid_gift: '#0f766e', promo: '#c2410c', refund_credit: '#1d4ed8', reward: '#7c3aed', donated: '#4d7c0f' };

export const programmeOf = (settings, id) => settings.programs.find((each) => each.id === id);

/** A card of the shop, drawn. */
export function drawn(settings, card, more = {}) {
  const programme = programmeOf(settings, card.program);
  const look = programme?.look ?? { colour: LOOKS[card.kind], on_colour: '#ffffff', pattern: 'plain' };
  const name = programme ? said(programme.name) : t(`kind_${card.kind}`);
  return face({ shop: said(settings.name), name, line: said(look.texts), look, currency: card.currency, last4: card.last4, language: lang(), ...more });
}

export const badge = (status) => h('span', { class: 'badge', 'data-status': status }, t(`status_${status}`));

/** What to hand over: the card, its code, its marks, and the ways to hand it over. */
export function sheet(settings, card) {
  const share = async () => {
    const text = t('share_text', { amount: money(card.available, card.currency) });
    const what = card.link ? { title: said(settings.name), text, url: card.link } : { title: said(settings.name), text: `${text}\n${card.code}` };
    try {
      await (navigator.share ? navigator.share(what) : navigator.clipboard.writeText(card.link ?? card.code));
    } catch {
      // Given up by the person, who knows.
    }
  };
  return h(
    'section',
    { class: 'sheet' },
    drawn(settings, card, { amount: card.available || card.issued }),
    h(
      'div',
      { class: 'hand-over' },
      h('div', { class: 'code-box' }, h('p', { class: 'label' }, t('code')), h('p', { class: 'code', dir: 'ltr', translate: 'no' }, card.code)),
      h(
        'div',
        { class: 'row' },
        h('button', { type: 'button', class: 'button main', on: { click: share } }, t('share')),
        copier(card.code, t('copy_code')),
        card.link ? copier(card.link, t('copy_link')) : null,
        h('button', { type: 'button', class: 'button', on: { click: () => print() } }, t('print')),
      ),
      card.link
        ? h(
            'div',
            { class: 'code-box' },
            h('p', { class: 'label' }, t('link')),
            h('p', { class: 'link', dir: 'ltr' }, h('a', { href: card.link, target: '_blank', rel: 'noreferrer' }, card.link)),
          )
        : null,
      h('div', { class: 'marks' }, h('div', { class: 'paper square' }, qr(card.code, t('qr'))), h('div', { class: 'paper' }, barcode(card.code, t('barcode')))),
    ),
  );
}
