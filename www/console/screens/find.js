// Finding a card. A code or a card's number opens it at once; everything else is a list, the newest first.

import { h, put } from '../../card/dom.js';
import { day, latin, money } from '../../card/figures.js';
import { t } from '../../card/language.js';
import { postPlainly, settled } from '../api.js';
import { button, choice, field, input, notice, refuse, refusePage, tell, working } from '../form.js';
import { cards as countOf } from '../words/shell.js';
import { badge, drawn } from './cards.js';
import { exchange } from './exchange.js';
import '../words/reports.js';

const WAYS = ['last4', 'reference', 'campaign', 'recipient', 'code'];

export async function find(room, _, query) {
  const by = WAYS.find((way) => query.has(way)) ?? 'last4';
  let chosen = by;
  const above = notice();
  const list = h('div', { class: 'found' });
  const text = input({ type: 'search', value: query.get(by) ?? '', dir: 'auto', spellcheck: 'false', name: 'text' });
  const what = field(t(`by_${by}`), text, { name: by, hint: t('recipient_hint') });
  const name = (way) => {
    chosen = way;
    what.dataset.field = way;
    what.querySelector('label').textContent = t(`by_${way}`);
    put(what.querySelector('.hint'), way === 'recipient' && t('recipient_hint'));
  };
  name(by);
  const ways = choice(
    t('find_by'),
    null,
    WAYS.map((way) => [way, h('span', {}, t(`by_${way}`))]),
    by,
    (way) => {
      name(way);
      text.focus();
    },
    { class: 'chips' },
  );
  const go = h('button', { type: 'submit', class: 'button main' }, t('find'));
  const look = async () => {
    above.say(null);
    what.fail(null);
    const typed = text.value.trim();
    if (!typed) {
      put(list);
      what.fail(t('find_empty'));
      return text.focus();
    }
    if (/^gc_\w+$/.test(typed)) {
      location.hash = `#/cards/${typed}`;
      return undefined;
    }
    // What was found before is no answer to what is asked now.
    if (chosen === 'code') {
      put(list);
      return openByCode(typed, form, above);
    }
    // The address keeps what was looked for, so that going back finds the list again; it does not keep a code.
    history.replaceState(null, '', `#/cards?${new URLSearchParams({ [chosen]: typed })}`);
    return fill({ [chosen]: chosen === 'last4' ? latin(typed).toUpperCase() : typed }, { form, list, above });
  };
  working(go, look);
  const form = h(
    'form',
    { class: 'find-form', role: 'search', novalidate: true, on: { submit: (event) => event.preventDefault() } },
    ways,
    h('div', { class: 'with-button' }, what, go),
  );
  put(
    room,
    h('h1', {}, t('find_title')),
    form,
    above,
    list,
    exchange(room, query.has('exchange'), (place) => find(place, _, new URLSearchParams('exchange'))),
  );
  if (query.has(by) && text.value) await look();
  return t('find_title');
}

async function openByCode(code, form, above) {
  const answer = await postPlainly('/v1/balances', { code });
  if (!answer.ok) return refuse(form, above, answer.body);
  location.hash = `#/cards/${answer.body.id}`;
  return undefined;
}

async function fill(wanted, places, rows = [], cursor) {
  const { form, list, above } = places;
  const [answer, settings] = await Promise.all([postPlainly('/v1/gift-cards/search', { ...wanted, ...(cursor ? { cursor } : {}) }), settled()]);
  if (!answer.ok) {
    put(list);
    return refusePage(form, above, answer);
  }
  const all = [...rows, ...answer.body.data];
  const none = [t('found_none'), wanted.recipient && t('recipient_hint')].filter(Boolean).join(' ');
  const told = all.length ? t('found_some', { cards: countOf(all.length) }) : none;
  const next = answer.body.next_cursor;
  put(
    list,
    h('p', { class: 'quiet' }, told),
    all.length ? table(all, settings.body) : null,
    next ? button(t('more'), '', () => fill(wanted, places, all, next)) : null,
  );
  tell(told);
  return undefined;
}

const table = (rows, settings) =>
  h(
    'table',
    { class: 'list' },
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        ['col_card', 'col_status', 'col_left', 'col_issued', 'col_created'].map((name) => h('th', { scope: 'col' }, t(name))),
      ),
    ),
    h(
      'tbody',
      {},
      rows.map((row) =>
        h(
          'tr',
          {},
          h(
            'th',
            { scope: 'row' },
            h(
              'a',
              { href: `#/cards/${row.id}`, class: 'card-link' },
              drawn(settings, row, { small: true }),
              h('span', { dir: 'ltr', class: 'mono' }, `•••• ${row.last4}`),
            ),
          ),
          h('td', {}, badge(row.status)),
          h('td', { 'data-name': t('col_left') }, money(row.available, row.currency)),
          h('td', { 'data-name': t('col_issued') }, money(row.issued, row.currency)),
          h('td', { 'data-name': t('col_created') }, day(row.created_at)),
        ),
      ),
    ),
  );
