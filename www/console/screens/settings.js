// The settings in three parts: the shop, its programmes, its locations. Each part is saved on its own.

import { h, put } from '../../card/dom.js';
import { face } from '../../card/face.js';
import { said, t } from '../../card/language.js';
import { settled } from '../api.js';
import { button, field, input, notice, working } from '../form.js';
import { explain } from '../refusals.js';
import { lawField } from './law.js';
import { oldCodeFields } from './old_codes.js';
import { programme } from './programme.js';
import { save } from './saving.js';
import '../words/settings.js';

const TABS = { shop, programmes, locations };

export async function settings(room, [tab = 'shop', id]) {
  const answer = await settled(true);
  if (!answer.ok) {
    const above = notice();
    above.say(explain(answer.body));
    put(room, h('h1', {}, t('go_settings')), above);
    return t('go_settings');
  }
  if (tab === 'programmes' && id) return programme(room, answer.body, id);
  const name = tab in TABS ? tab : 'shop';
  const tabs = h(
    'nav',
    { class: 'tabs', 'aria-label': t('go_settings') },
    Object.keys(TABS).map((each) => h('a', { href: `#/settings/${each}`, 'aria-current': each === name ? 'page' : null }, t(`tab_${each}`))),
  );
  put(room, h('h1', {}, t('go_settings')), tabs, TABS[name](answer.body));
  return t(`tab_${name}`);
}

/** The two languages of something that a shop names. */
export function words(legend, name, value, { hint, changed, maxlength = '80' } = {}) {
  const both = typedWords(value);
  const one = (language, label) =>
    field(
      label,
      input({
        value: both[language],
        lang: language,
        dir: 'auto',
        maxlength,
        on: {
          input: ({ target }) => {
            both[language] = target.value.trim();
            changed?.();
          },
        },
      }),
      { name: `${name}.${language}` },
    );
  const node = h(
    'fieldset',
    { class: 'words', 'data-field': name },
    h('legend', {}, legend),
    h('div', { class: 'pair' }, one('ar', t('in_arabic')), one('en', t('in_english'))),
    hint ? h('p', { class: 'hint' }, hint) : null,
  );
  // One language stands for the other, as the server has it, so that what nobody changed is seen to be unchanged; none means no words.
  const read = () => (both.ar || both.en ? { ar: both.ar || both.en, en: both.en || both.ar } : null);
  return { node, read };
}

/** What was typed of words that the server has: the same text in both languages was typed in one, and stands for the other only until that has its own. */
function typedWords(value) {
  const { ar = '', en = '' } = value ?? {};
  if (ar !== en) return { ar, en };
  return /\p{Script=Arabic}/u.test(ar) ? { ar, en: '' } : { ar: '', en };
}

/** A form that saves what `edit` does to the document, unless `isGood` has said at a field what is wrong. */
export function saver(children, edit, { after, isGood } = {}) {
  const above = notice();
  const go = h('button', { type: 'submit', class: 'button main' }, t('save'));
  const form = h('form', { class: 'fields', novalidate: true, on: { submit: (event) => event.preventDefault() } }, children, above, h('div', {}, go));
  working(go, async () => {
    if (isGood && !isGood()) return above.say(null);
    if (await save(edit, form, above)) after?.();
    return undefined;
  });
  return form;
}

function shop(document) {
  const name = words(t('shop_name'), 'name', document.name, { hint: t('name_hint') });
  // A shop that has saved nothing yet is one of ours at home, most likely.
  const law = lawField(document.jurisdiction ?? (document.version ? null : 'SA'), t('law_unsaid'), t('law_hint'));
  const origins = h('textarea', { rows: '4', dir: 'ltr', class: 'mono', spellcheck: 'false' });
  origins.value = document.origins.join('\n');
  const old = oldCodeFields(document.old_codes, words);
  return saver(
    [
      name.node,
      law.node,
      field(t('origins'), origins, { name: 'origins', hint: t('origins_hint'), wide: true }),
      old.node,
    ],
    (next) => {
      next.name = name.read();
      next.jurisdiction = law.read();
      next.origins = origins.value.split(/\s+/).filter(Boolean);
      // A server that knows no old codes is not asked for none.
      if (old.read() || 'old_codes' in next) next.old_codes = old.read();
    },
    { isGood: law.isGood },
  );
}

function programmes(document) {
  const tile = (each) =>
    h(
      'li',
      {},
      h(
        'a',
        { class: 'tile', href: `#/settings/programmes/${each.id}` },
        face({ shop: said(document.name), name: said(each.name), line: said(each.look.texts), look: each.look, currency: each.currency }),
        h(
          'span',
          { class: 'tile-name' },
          said(each.name),
          each.archived ? h('span', { class: 'badge', 'data-status': 'inactive' }, t('archived')) : h('span', { class: 'quiet' }, each.currency),
        ),
      ),
    );
  return h(
    'div',
    { class: 'column' },
    document.programs.length ? h('ul', { class: 'tiles-list' }, document.programs.map(tile)) : h('p', { class: 'quiet' }, t('no_programmes_yet')),
    h('div', {}, h('a', { class: 'button', href: '#/settings/programmes/+' }, t(document.programs.length ? 'new_programme' : 'first_programme'))),
  );
}

function locations(document) {
  const rows = document.locations.map((each) => row(each));
  const list = h('div', { class: 'column' });
  const draw = () => {
    // A refusal names `locations[2].id`, so the fields are known by the place in the list that they have at the moment.
    for (const [index, { node }] of rows.entries())
      for (const each of node.querySelectorAll('[data-field]')) each.dataset.field = each.dataset.field.replace(/^locations(\[\d+\])?/, `locations[${index}]`);
    put(list, rows.length ? rows.map((each) => each.node) : h('p', { class: 'quiet' }, t('no_locations')));
  };
  function row(each, fresh = false) {
    const id = input({ value: each.id, dir: 'ltr', maxlength: '32', class: 'mono' });
    id.readOnly = !fresh;
    const name = words(t('location_name'), 'locations.name', each.name);
    const own = { id, name };
    own.node = h(
      'div',
      { class: 'box' },
      field(t('programme_id'), id, { name: 'locations.id', hint: fresh ? t('programme_id_hint') : null }),
      name.node,
      h(
        'div',
        {},
        h(
          'button',
          {
            type: 'button',
            class: 'button',
            on: {
              click: () => {
                rows.splice(rows.indexOf(own), 1);
                draw();
              },
            },
          },
          t('remove'),
        ),
      ),
    );
    return own;
  }
  draw();
  const add = button(t('new_location'), '', async () => {
    const fresh = row({ id: '', name: null }, true);
    rows.push(fresh);
    draw();
    fresh.id.focus();
  });
  return saver(
    [list, h('div', {}, add)],
    (next) => {
      next.locations = rows.map(({ id, name }) => ({ id: id.value.trim(), name: name.read() ?? {} }));
    },
    {
      after: () => {
        for (const { id } of rows) id.readOnly = true;
      },
    },
  );
}
