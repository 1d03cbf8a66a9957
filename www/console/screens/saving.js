// Saving settings. What a screen changes is a function of the document, so that it can be put on top of what somebody else saved meanwhile without taking
// anything of theirs back.

import { h } from '../../card/dom.js';
import { count } from '../../card/figures.js';
import { t } from '../../card/language.js';
import { get, put, settle, settled } from '../api.js';
import { dialog, refuse, tell } from '../form.js';
import { changes } from './history.js';

/** Applies `edit` to a copy of the document and saves it. Says refusals at `form` and `above`; returns whether it was saved. */
export async function save(edit, form, above) {
  const { body: base } = await settled();
  const next = edited(base, edit);
  if (JSON.stringify(next) === JSON.stringify(base)) {
    above.say(t('unchanged'), 'good');
    return false;
  }
  let answer = await put('/v1/settings', next);
  if (answer.body.code === 'settings_conflict') answer = await settleConflict(base.version, edit);
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

/** Shows what others have changed since `version`, and saves on top of it if that is wanted. */
async function settleConflict(version, edit) {
  const history = await get('/v1/settings/history');
  const newer = history.ok ? history.body.data.filter((each) => each.version > version) : [];
  return dialog({
    title: t('conflict_title'),
    text: t('conflict_text'),
    fields: [h('div', { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': t('conflict_text') }, changes(newer)), h('p', { class: 'quiet' }, t('conflict_hint'))],
    confirm: t('conflict_keep'),
    async act() {
      // Asked for again each time: a third person may have saved as well.
      const newest = await get('/v1/settings');
      if (!newest.ok) return newest;
      settle(newest);
      return put('/v1/settings', edited(newest.body, edit));
    },
  });
}
