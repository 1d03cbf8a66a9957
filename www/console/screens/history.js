// The change log: every version of the settings, with what it changed.

import { h, put } from '../../card/dom.js';
import { count, moment, money } from '../../card/figures.js';
import { knows, t } from '../../card/language.js';
import { get, settled } from '../api.js';
import { button, notice } from '../form.js';
import { explain } from '../refusals.js';
import { placeName } from '../words/places.js';
import { days } from '../words/shell.js';
import '../words/cards.js';
import '../words/settings.js';

export async function history(room) {
  const above = notice();
  const list = h('div');
  const rows = [];
  let cursor = '';
  const more = button(t('more'), '', load);
  async function load() {
    const answer = await get(`/v1/settings/history${cursor && `?cursor=${encodeURIComponent(cursor)}`}`);
    if (!answer.ok) return above.say(explain(answer.body));
    rows.push(...answer.body.data);
    cursor = answer.body.next_cursor;
    more.hidden = !cursor;
    put(list, rows.length ? changes(rows) : h('p', { class: 'quiet' }, t('history_none')));
    return undefined;
  }
  more.hidden = true;
  put(room, h('h1', {}, t('go_history')), h('p', { class: 'lead' }, t('history_lead')), above, list, more);
  await load();
  return t('go_history');
}

/** Versions as a list, each with what was and what is. */
export function changes(versions) {
  const list = h('ol', { class: 'versions' });
  // Amounts are in their programme's currency, which never changes, so the newest settings have it.
  void settled().then(({ ok, body }) => put(list, ...entries(versions, (id) => ok && body.programs.find((each) => each.id === id)?.currency)));
  return list;
}

const entries = (versions, currencyOf) =>
  versions.map(({ version, at, by, changed }) =>
    h(
      'li',
      {},
      h('h2', {}, t('version', { version: count(version) })),
      h('p', { class: 'quiet' }, `${moment(at)} · `, t('by_key', { key: `\u2066${by}\u2069` })),
      h(
        'dl',
        { class: 'changes' },
        changed.map(({ path, old, new: now }) => {
          const [, programme] = /^programs\[(.+?)\]/.exec(path) ?? [];
          const name = /(\w+)(?:\[.+\])?$/.exec(path)?.[1] ?? path;
          const read = (it) => shown(it, name, it?.currency ?? currencyOf(programme));
          return h(
            'div',
            {},
            h('dt', {}, named(path)),
            h('dd', {}, value(read(old), 'was'), ' ', h('span', { 'aria-hidden': 'true', class: 'turns' }, '→'), ' ', value(read(now), 'is')),
          );
        }),
      ),
    ),
  );

/** A path such as `programs[gift].look.colour`, in words; what has none stands as it is. */
const named = (path) =>
  path.split('.').map((part, index) => {
    const [, name, id] = /^(\w+)(?:\[(.+)\])?$/.exec(part) ?? [null, part];
    return [index ? ' · ' : '', word(name), id ? [' ', h('bdi', { class: 'mono' }, id)] : null];
  });

const word = (name) => (knows(`path_${name}`) ? t(`path_${name}`) : name);

const value = (read, name) => h(name === 'was' ? 'del' : 'ins', {}, h('span', { class: 'heard' }, `${t(name)}: `), read);

/** What a setting of that name says, where it says it in a word or a number of the machine's. */
const READ = {
  kind: (it) => t(`kind_${it}`),
  vat_mode: (it) => t(`vat_${it}`),
  pattern: (it) => t(`pattern_${it}`),
  jurisdiction: placeName,
  validity_days: days,
};
const AMOUNTS = ['preset', 'minimum', 'maximum', 'min_spend', 'balance_max', 'day', 'buyer', 'buyer_day'];

/** A value as people read it: parts that say nothing are left out. */
function shown(it, name, currency) {
  if (it === null || it === '' || (Array.isArray(it) && !it.length)) return '–';
  if (typeof it === 'boolean') return t(it ? 'yes' : 'no');
  if (Array.isArray(it)) return it.map((each, index) => [index ? ', ' : '', shown(each, name, currency)]);
  if (AMOUNTS.includes(name) && Number.isInteger(it) && currency) return money(it, currency);
  if (typeof it !== 'object') return h('bdi', {}, READ[name]?.(it) ?? String(it));
  if ('ar' in it && 'en' in it) return it.ar === it.en ? h('bdi', {}, it.ar) : [h('bdi', {}, it.ar), ' / ', h('bdi', {}, it.en)];
  const parts = Object.entries(it).filter(([, each]) => each !== null && each !== false && !(Array.isArray(each) && !each.length));
  return parts.map(([part, each], index) => [index ? ' · ' : '', `${word(part)}: `, shown(each, part, it.currency ?? currency)]);
}
