// Saving settings. Two people may do so at once: what one of them changed is put on top of what the other saved meanwhile, field by field, so that nobody takes
// anything back that they never touched.

import { h } from '../../card/dom.js';
import { count } from '../../card/figures.js';
import { t } from '../../card/language.js';
import { get, put, settle, settled } from '../api.js';
import { clear, dialog, refuse, tell } from '../form.js';
import { changes } from './history.js';

/** Applies `edit` to a copy of the document and saves it. Says refusals at `form` and `above`; returns whether it was saved. */
export async function save(edit, form, above) {
  clear(form, above);
  const { body: base } = await settled();
  const next = edited(base, edit);
  if (JSON.stringify(next) === JSON.stringify(base)) {
    above.say(t('unchanged'), 'good');
    return false;
  }
  let answer = await put('/v1/settings', next);
  if (answer.body.code === 'settings_conflict') answer = await settleConflict(base, next);
  if (!answer) return false;
  if (!answer.ok) {
    refuse(form, above, answer.body);
    return false;
  }
  settle(answer);
  const told = t('saved_version', { version: count(answer.body.version) });
  above.say(told, 'good');
  tell(told);
  return true;
}

function edited(document, edit) {
  const copy = structuredClone(document);
  edit(copy);
  return copy;
}

/** Shows what others have changed since `base`, and puts `mine` on top of it if that is wanted. */
async function settleConflict(base, mine) {
  const history = await get('/v1/settings/history');
  const newer = history.ok ? history.body.data.filter(({ version }) => version > base.version) : [];
  return dialog({
    title: t('conflict_title'),
    text: t('conflict_text'),
    fields: [
      h('div', { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': t('conflict_text') }, changes(newer)),
      h('p', { class: 'quiet' }, t('conflict_hint')),
    ],
    confirm: t('conflict_keep'),
    async act() {
      // Asked for again each time: a third person may have saved as well.
      const newest = await get('/v1/settings');
      return newest.ok ? put('/v1/settings', merged(base, mine, newest.body)) : newest;
    },
  });
}

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
const isList = (it) => Array.isArray(it) && it.every((each) => each && typeof each === 'object' && 'id' in each);
const isTree = (it) => it !== null && typeof it === 'object' && !Array.isArray(it);

/** What of `mine` differs from `base`, on top of `newest`. Lists of things with an id are compared one by one; everything else is taken whole. */
function merged(base, mine, newest) {
  if (same(mine, base)) return newest;
  if ([base, mine, newest].every(isList)) return mergedList(base, mine, newest);
  if (![base, mine, newest].every(isTree)) return mine;
  const names = [...new Set([...Object.keys(newest), ...Object.keys(mine)])].filter((name) => name in mine || !(name in base));
  return Object.fromEntries(names.map((name) => [name, merged(base[name], name in mine ? mine[name] : newest[name], newest[name])]));
}

function mergedList(base, mine, newest) {
  const of = (list, id) => list.find((each) => each.id === id);
  const kept = newest
    .filter(({ id }) => of(mine, id) || !of(base, id))
    .map((each) => (of(mine, each.id) ? merged(of(base, each.id), of(mine, each.id), each) : each));
  return [...kept, ...mine.filter(({ id }) => !of(newest, id) && !of(base, id))];
}
