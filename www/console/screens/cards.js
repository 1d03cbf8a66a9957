// What all screens about cards share: how a card is drawn and named, and the sheet with a code.

import { h, put } from '../../card/dom.js';
import { face } from '../../card/face.js';
import { money } from '../../card/figures.js';
import { lang, said, t } from '../../card/language.js';
import { barcode, qr } from '../../card/marks.js';
import { copier, tell } from '../form.js';
import '../words/cards.js';

/** The looks of cards without a programme, one for each kind: those that the server gives a programme that says nothing. */
const LOOKS = { paid_gift: '#0f766e', promo: '#c2410c', refund_credit: '#1d4ed8', reward: '#7c3aed', donated: '#4d7c0f' };

/** What no card comes back from. It is drawn grey. */
const CLOSED = ['replaced', 'cancelled', 'cashed_out'];

export const programmeOf = (settings, id) => settings.programs.find((each) => each.id === id);

/** A card of the shop, drawn. */
export function drawn(settings, card, more = {}) {
  const programme = programmeOf(settings, card.program);
  const look = programme?.look ?? { colour: LOOKS[card.kind], on_colour: '#ffffff', pattern: 'plain' };
  const name = programme ? said(programme.name) : t(`kind_${card.kind}`);
  const node = face({ shop: said(settings.name), name, line: said(look.texts), look, currency: card.currency, last4: card.last4, language: lang(), ...more });
  if (CLOSED.includes(card.status)) node.classList.add('spent');
  return node;
}

export const badge = (status) => h('span', { class: 'badge', 'data-status': status }, t(`status_${status}`));

/** For whom the card is, from whom, and with which words, so that a slip is seen before the card is gone. */
function greeting(gift) {
  const rows = ['to', 'from', 'message'].filter((name) => gift?.[name]);
  if (!rows.length) return null;
  return h(
    'dl',
    { class: 'facts' },
    rows.map((name) => h('div', {}, h('dt', {}, t(`gift_${name}`)), h('dd', { dir: 'auto', class: 'lines' }, gift[name]))),
  );
}

/** What to hand over: the card, its code, its marks, and the ways to hand it over. */
export function sheet(settings, card) {
  const sharing = h('button', { type: 'button', class: 'button main', on: { click: share } }, t('share'));
  async function share() {
    const text = t('share_text', { amount: money(card.available, card.currency) });
    const what = card.link ? { title: said(settings.name), text, url: card.link } : { title: said(settings.name), text: `${text}\n${card.code}` };
    try {
      if (navigator.share) return await navigator.share(what);
      await navigator.clipboard.writeText(card.link ?? card.code);
    } catch {
      return undefined; // Given up by the person, who knows.
    }
    // A desk that cannot share has a copy to paste, and says so.
    const told = t(card.link ? 'link_copied' : 'code_copied');
    put(sharing, told);
    tell(told);
    setTimeout(() => put(sharing, t('share')), 2_000);
    return undefined;
  }
  return h(
    'section',
    { class: 'sheet' },
    h('div', { class: 'column' }, drawn(settings, card, { amount: card.available || card.issued }), greeting(card.gift)),
    h(
      'div',
      { class: 'hand-over' },
      h('div', { class: 'code-box' }, h('p', { class: 'label' }, t('code')), h('p', { class: 'code', dir: 'ltr', translate: 'no' }, card.code)),
      h(
        'div',
        { class: 'row' },
        sharing,
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
