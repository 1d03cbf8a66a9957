// The change log: every version of the settings, with what it changed.

import { h, put } from '../../card/dom.js';
import { count, moment } from '../../card/figures.js';
import { t } from '../../card/language.js';
import { get } from '../api.js';
import { button, notice } from '../form.js';
import { explain } from '../refusals.js';
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
export const changes = (versions) =>
  h(
    'ol',
    { class: 'versions' },
    versions.map(({ version, at, by, changed }) =>
      h(
        'li',
        {},
        h('h3', {}, t('version', { version: count(version) })),
        h('p', { class: 'quiet' }, `${moment(at)} · `, t('by_key', { key: `\u2066${by}\u2069` })),
        h('dl', { class: 'changes' }, changed.map(({ path, old, new: now }) => h('div', {}, h('dt', { dir: 'ltr', class: 'mono' }, path), h('dd', {}, value(old, 'was'), ' ', h('span', { 'aria-hidden': 'true', class: 'turns' }, '→'), ' ', value(now, 'is'))))),
      ),
    ),
  );

const value = (it, name) => h(name === 'was' ? 'del' : 'ins', {}, h('span', { class: 'heard' }, `${t(name)}: `), h('bdi', {}, it === null ? '–' : typeof it === 'string' ? it : JSON.stringify(it)));
