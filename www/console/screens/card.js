// One card: how it stands, what can be done to it, and its history as a story.

import { h, put } from '../../card/dom.js';
import { day, moment, money, moved, time } from '../../card/figures.js';
import { said, t } from '../../card/language.js';
import { get, settled } from '../api.js';
import { button, notice } from '../form.js';
import { explain } from '../refusals.js';
import { acts } from './acts.js';
import { badge, drawn, programmeOf } from './cards.js';

export async function card(room, [id]) {
  const path = `/v1/gift-cards/${encodeURIComponent(id)}`;
  const [answer, entries, settings] = await Promise.all([get(path), get(`${path}/entries`), settled()]);
  const bad = [answer, entries, settings].find((each) => !each.ok);
  const back = h('a', { class: 'back', href: '#/cards' }, t('go_cards'));
  if (bad) {
    const above = notice();
    above.say(explain(bad.body));
    put(room, back, h('h1', {}, t('go_cards')), above);
    return t('go_cards');
  }
  const it = answer.body;
  const title = t('card_of', { last4: `\u2066${it.last4}\u2069` });
  const again = async (word) => {
    await card(room, [id]);
    const told = room.querySelector('.notice');
    if (word) told.say(word, 'good');
    const heading = room.querySelector('h1');
    heading.setAttribute('tabindex', '-1');
    heading.focus();
  };
  const told = notice();
  put(
    room,
    back,
    h('div', { class: 'title' }, h('h1', {}, title), badge(it.status)),
    told,
    h(
      'div',
      { class: 'two' },
      h('div', { class: 'column' }, balances(it), acts(room, it, settings.body, again), facts(it, settings.body), story(it, entries.body, settings.body, path)),
      h('aside', {}, drawn(settings.body, it, { amount: it.available })),
    ),
  );
  return title;
}

const balances = ({ available, held, issued, currency }) =>
  h(
    'dl',
    { class: 'tiles' },
    [
      ['available', available],
      ['held', held],
      ['issued', issued],
    ].map(([name, amount]) => h('div', {}, h('dt', {}, t(name)), h('dd', {}, money(amount, currency)))),
  );

function facts(it, settings) {
  const link = (id) => h('a', { href: `#/cards/${id}`, dir: 'ltr', class: 'mono' }, id);
  const { to, from, message } = it.gift ?? {};
  const rows = [
    ['programme', it.program && said(programmeOf(settings, it.program)?.name)],
    ['kind', t(`kind_${it.kind}`)],
    ['created', moment(it.created_at)],
    ['expires', it.expires_at ? day(it.expires_at) : t('never')],
    ['law_of', it.jurisdiction],
    ['card_number', h('span', { dir: 'ltr', class: 'mono' }, it.id)],
    ['replaces', it.replaces && link(it.replaces)],
    ['replaced_by', it.replaced_by && link(it.replaced_by)],
    ['gift_to', to && h('span', { dir: 'auto' }, to)],
    ['gift_from', from && h('span', { dir: 'auto' }, from)],
    ['gift_message', message && h('span', { dir: 'auto', class: 'lines' }, message)],
  ];
  return h(
    'dl',
    { class: 'facts' },
    rows.filter(([, value]) => value).map(([name, value]) => h('div', {}, h('dt', {}, t(name)), h('dd', {}, value))),
  );
}

/** Which way an entry moves what can be spent: what the card has, what it no longer has, or neither. */
const WAYS = {
  issue: 1,
  load: 1,
  adjust_in: 1,
  replace_in: 1,
  refund: 1,
  release: 1,
  extend: 1,
  expire: -1,
  cash_out: -1,
  adjust_out: -1,
  cancel: -1,
  replace_out: -1,
  redeem: -1,
  hold: -1,
};

/** The entries as sentences, the newest first, a heading for each day. */
function story(it, first, settings, path) {
  const list = h('ol', { class: 'story' });
  const rows = [...first.data];
  const draw = () => {
    let last = null;
    const days = [];
    for (const row of [...rows].reverse()) {
      const label = day(row.at);
      if (label !== last) days.push(h('li', { class: 'day' }, h('h3', {}, label), h('ol', {})));
      last = label;
      days.at(-1).lastChild.append(line(row, it, settings));
    }
    put(list, days);
  };
  draw();
  let cursor = first.next_cursor;
  const more = button(t('more'), '', async () => {
    const answer = await get(`${path}/entries?cursor=${encodeURIComponent(cursor)}`);
    if (!answer.ok) return;
    rows.push(...answer.body.data);
    cursor = answer.body.next_cursor;
    more.hidden = !cursor;
    draw();
  });
  more.hidden = !cursor;
  return h('section', {}, h('h2', {}, t('story')), list, more);
}

function line(row, { currency }, settings) {
  const { action, amount, available, reference, location, campaign, reason, at } = row;
  const way = WAYS[action] ?? 0;
  const name = action === 'extend' && amount ? 'tell_extend_in' : `tell_${action}`;
  const place = settings.locations.find(({ id }) => id === location);
  const notes = [reference, location && t('at_location', { location: place ? said(place.name) : location }), campaign, reason].filter(Boolean);
  return h(
    'li',
    { class: 'entry' },
    h('span', { class: 'entry-what' }, t(name, { amount: money(amount, currency) })),
    h('span', { class: 'entry-way', 'data-way': String(way) }, way && amount ? moved(way * amount, currency) : ''),
    h('span', { class: 'quiet' }, time(at), way && amount ? ` · ${t('tell_left', { amount: money(available, currency) })}` : ''),
    notes.length
      ? h(
          'span',
          { class: 'quiet notes' },
          notes.map((note, index) => [index ? ' · ' : '', h('bdi', {}, note)]),
        )
      : null,
  );
}
