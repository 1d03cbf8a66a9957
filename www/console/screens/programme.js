// One programme: its rules and its look, with a preview that follows every key.

import { h, put } from '../../card/dom.js';
import { exponentOf, latin, readAmount, typed } from '../../card/figures.js';
import { inkOn, PATTERNS, readsOn, face } from '../../card/face.js';
import { said, t } from '../../card/language.js';
import { check, choice, field, input, select } from '../form.js';
import { capFields } from './caps.js';
import { labelled } from './issue.js';
import { lawField } from './law.js';
import { preview } from './preview.js';
import { saver, words } from './settings.js';

const KINDS = ['paid_gift', 'promo', 'refund_credit', 'reward', 'donated'];
const COLOURS = ['#0f766e', '#c2410c', '#1d4ed8', '#a21caf', '#4d7c0f', '#7c3aed', '#14171a', '#9f1239', '#e9b44c', '#f3ece3'];
const CURRENCIES = ['SAR', 'AED', 'KWD', 'BHD', 'OMR', 'QAR', 'EGP', 'JOD', 'USD', 'EUR', 'GBP'];

const FRESH = {
  id: '',
  kind: 'paid_gift',
  currency: 'SAR',
  name: null,
  amounts: { preset: [5_000, 10_000, 25_000, 50_000] },
  validity_days: null,
  locations: [],
  min_spend: null,
  vat_mode: 'mpv',
  reloadable: false,
  balance_max: null,
  jurisdiction: null,
  campaign: null,
  look: { colour: '#0f766e', on_colour: '#ffffff', pattern: 'stars', texts: null },
  archived: false,
};

export function programme(room, settings, id) {
  const isNew = id === '+';
  const found = settings.programs.find((each) => each.id === id);
  const back = h('a', { class: 'back', href: '#/settings/programmes' }, t('tab_programmes'));
  if (!isNew && !found) {
    put(room, back, h('h1', {}, t('tab_programmes')), h('p', { class: 'quiet' }, t('r_not_found')));
    return t('tab_programmes');
  }
  const it = structuredClone(isNew ? FRESH : found);
  const title = isNew ? t('new_programme') : said(it.name);
  const shown = preview(settings.name, settings.old_codes);
  const paint = () => shown.paint({ ...it, amount: sample(it.amounts) });
  const parts = { identity: identity(it, isNew, paint), look: look(it, paint), rules: rules(it, settings, paint) };
  const edit = (document) => {
    const own = assembled(it, parts);
    const at = document.programs.findIndex((each) => each.id === own.id);
    if (at < 0) document.programs.push(own);
    else document.programs[at] = own;
  };
  const form = saver([parts.identity.nodes, h('h2', {}, t('look')), parts.look.nodes, h('h2', {}, t('rules')), parts.rules.nodes], edit, {
    after: () => {
      if (isNew) location.hash = `#/settings/programmes/${it.id}`;
    },
    isGood: parts.rules.isGood,
  });
  // A refusal names `programs[2].kind`, so the fields are known by that.
  const index = isNew ? settings.programs.length : settings.programs.indexOf(found);
  for (const each of form.querySelectorAll('[data-field]')) each.dataset.field = `programs[${index}].${each.dataset.field}`;
  // Rules are read where they stand, so the checkout follows every key of them too.
  form.addEventListener('input', () => {
    parts.rules.read();
    paint();
  });
  paint();
  const place = h('aside', { class: 'sticky', 'aria-label': t('preview') }, shown.node);
  put(room, back, h('h1', {}, title), h('div', { class: 'two' }, form, place));
  return title;
}

/** The programme as it is sent: what stands in the fields now. */
function assembled(it, { identity: own, look: drawn, rules: allowed }) {
  own.read();
  drawn.read();
  allowed.read();
  return structuredClone(it);
}

function identity(it, isNew, paint) {
  const name = words(t('programme_name'), 'name', it.name, {
    changed: () => {
      it.name = name.read();
      paint();
    },
  });
  const id = input({ value: it.id, dir: 'ltr', maxlength: '32', class: 'mono', spellcheck: 'false' });
  const kind = select(
    KINDS.map((each) => [each, t(`kind_${each}`)]),
    it.kind,
    {
      on: {
        change: ({ target }) => {
          it.kind = target.value;
        },
      },
    },
  );
  const currency = input({
    value: it.currency,
    dir: 'ltr',
    maxlength: '3',
    class: 'short',
    list: 'currencies',
    on: {
      input: () => {
        if (/^[a-z]{3}$/i.test(currency.value)) {
          it.currency = currency.value.toUpperCase();
          paint();
        }
      },
    },
  });
  const fixed = isNew
    ? [
        h(
          'div',
          { class: 'pair' },
          field(t('programme_id'), id, { name: 'id', hint: t('programme_id_hint') }),
          field(t('currency'), currency, { name: 'currency' }),
          labelled(t('kind'), kind, 'kind'),
        ),
        h(
          'datalist',
          { id: 'currencies' },
          CURRENCIES.map((each) => h('option', { value: each })),
        ),
      ]
    : [h('p', { class: 'quiet' }, `${t(`kind_${it.kind}`)} · ${it.currency} · `, h('bdi', { class: 'mono' }, it.id), h('br'), t('kind_fixed'))];
  return {
    nodes: [name.node, fixed],
    read: () => {
      it.name = name.read() ?? {};
      if (isNew) it.id = id.value.trim();
    },
  };
}

function look(it, paint) {
  let auto = it.look.on_colour === inkOn(it.look.colour);
  const unread = h('p', { class: 'error', role: 'alert', hidden: true }, t('unreadable'));
  const hex = input({ value: it.look.colour, dir: 'ltr', maxlength: '7', class: 'short mono' });
  const picker = h('input', { type: 'color', value: it.look.colour, 'aria-label': t('colour'), class: 'swatch' });
  const settle = () => {
    if (auto) it.look.on_colour = inkOn(it.look.colour);
    unread.hidden = readsOn(it.look.on_colour, it.look.colour);
    redraw();
    paint();
  };
  const colour = (value) => {
    it.look.colour = value.toLowerCase();
    picker.value = it.look.colour;
    if (document.activeElement !== hex) hex.value = it.look.colour;
    settle();
  };
  picker.addEventListener('input', () => colour(picker.value));
  hex.addEventListener('input', () => /^#[0-9a-f]{6}$/i.test(hex.value) && colour(hex.value));
  const ready = h(
    'div',
    { class: 'swatches' },
    COLOURS.map((each) =>
      h('button', { type: 'button', class: 'swatch', vars: { '--card': each }, 'aria-label': `${t('colour')} ${each}`, on: { click: () => colour(each) } }),
    ),
  );
  const ink = choice(
    t('text_colour'),
    'look.on_colour',
    [
      ['auto', h('span', {}, t('text_auto'))],
      ['#ffffff', h('span', {}, t('text_white'))],
      ['#14171a', h('span', {}, t('text_black'))],
    ],
    auto ? 'auto' : it.look.on_colour,
    (value) => {
      auto = value === 'auto';
      if (!auto) it.look.on_colour = value;
      settle();
    },
    { class: 'chips' },
  );
  const patterns = h('div');
  const redraw = () => {
    const focused = patterns.contains(document.activeElement);
    put(
      patterns,
      choice(
        t('pattern'),
        'look.pattern',
        PATTERNS.map((each) => [each, face({ look: { ...it.look, pattern: each } }), h('span', {}, t(`pattern_${each}`))]),
        it.look.pattern,
        (value) => {
          it.look.pattern = value;
          paint();
        },
        { class: 'patterns' },
      ),
    );
    if (focused) patterns.querySelector(':checked').focus();
  };
  const texts = words(t('line'), 'look.texts', it.look.texts, {
    maxlength: '60',
    changed: () => {
      it.look.texts = texts.read();
      paint();
    },
  });
  redraw();
  return {
    nodes: [h('div', { class: 'colours' }, field(t('colour'), hex, { name: 'look.colour' }), picker, ready), ink, unread, patterns, texts.node],
    read: () => {
      it.look.texts = texts.read();
    },
  };
}

function rules(it, settings, paint) {
  const amountOf = (value) => (Number.isInteger(value) ? typed(value, it.currency) : '');
  const money = (value, label, name, hint) => field(label, input({ value: amountOf(value), inputmode: 'decimal', dir: 'ltr', class: 'short' }), { name, hint });
  const read = (node) => (node.control.value.trim() ? (readAmount(node.control.value, it.currency) ?? node.control.value) : null);
  const amounts = amountFields(it, paint, amountOf);
  const validity = field(t('validity'), input({ value: it.validity_days ?? '', inputmode: 'numeric', dir: 'ltr', class: 'short' }), {
    name: 'validity_days',
    hint: t('validity_hint'),
  });
  const least = money(it.min_spend, t('min_spend'), 'min_spend', t('min_spend_hint'));
  const most = money(it.balance_max, t('balance_max'), 'balance_max');
  const [caps, knowsCaps] = [capFields(it), 'caps' in it];
  const law = lawField(it.jurisdiction, t('law_of_shop'));
  const campaign = field(t('campaign'), input({ value: it.campaign ?? '', dir: 'auto', maxlength: '64' }), { name: 'campaign', hint: t('campaign_hint') });
  const vat = choice(
    t('vat'),
    'vat_mode',
    ['mpv', 'spv'].map((each) => [each, h('span', {}, t(`vat_${each}`))]),
    it.vat_mode,
    (value) => {
      it.vat_mode = value;
    },
    { class: 'chips' },
  );
  const reload = check(t('reloadable'), it.reloadable, (on) => {
    it.reloadable = on;
  });
  const archived = check(
    t('archive_it'),
    it.archived,
    (on) => {
      it.archived = on;
    },
    t('archive_hint'),
  );
  return {
    nodes: [
      amounts.node,
      h('div', { class: 'pair' }, validity, least),
      reload,
      h('div', { class: 'pair' }, most, campaign),
      caps.node,
      vat,
      law.node,
      spendAt(it, settings.locations),
      archived,
    ],
    isGood: law.isGood,
    read() {
      amounts.read();
      const days = latin(validity.control.value).trim();
      it.validity_days = days ? (/^\d+$/.test(days) ? Number(days) : days) : null;
      it.min_spend = read(least);
      it.balance_max = read(most);
      // Before there is one they are not named, which a server without caps could not read.
      it.caps = caps.read() ?? (knowsCaps ? null : undefined);
      it.jurisdiction = law.read();
      it.campaign = campaign.control.value.trim() || null;
    },
  };
}

/** Where its cards may be spent, for a shop of several places. */
const spendAt = (it, locations) =>
  locations.length
    ? h(
        'fieldset',
        { 'data-field': 'locations' },
        h('legend', {}, t('spend_at')),
        locations.map(({ id, name }) =>
          check(said(name), it.locations.includes(id), (on) => {
            it.locations = on ? [...it.locations, id] : it.locations.filter((each) => each !== id);
          }),
        ),
        h('p', { class: 'hint' }, t('everywhere_hint')),
      )
    : null;

/** A choice of amounts, or any between two bounds. */
function amountFields(it, paint, amountOf) {
  const { minimum = 10 ** exponentOf(it.currency), maximum = 5_000 * 10 ** exponentOf(it.currency), preset = [] } = it.amounts;
  const list = field(
    t('amounts_list'),
    input({
      value: preset.map(amountOf).join('  '),
      dir: 'ltr',
      inputmode: 'text',
      on: {
        input: () => {
          settle();
          paint();
        },
      },
    }),
    { name: 'amounts.preset', hint: t('amounts_hint') },
  );
  const low = field(t('minimum'), input({ value: amountOf(minimum), dir: 'ltr', inputmode: 'decimal', class: 'short' }), { name: 'amounts.minimum' });
  const high = field(t('maximum'), input({ value: amountOf(maximum), dir: 'ltr', inputmode: 'decimal', class: 'short' }), { name: 'amounts.maximum' });
  const range = h('div', { class: 'pair' }, low, high);
  let way = preset.length ? 'preset' : 'range';
  const show = () => {
    list.hidden = way !== 'preset';
    range.hidden = way !== 'range';
  };
  // What is no amount is sent as it stands: the server names the place.
  const amount = (text) => readAmount(text, it.currency) ?? text;
  function settle() {
    it.amounts =
      way === 'preset'
        ? {
            preset: list.control.value
              .split(/[\s;،]+/)
              .filter(Boolean)
              .map(amount),
          }
        : { minimum: amount(low.control.value), maximum: amount(high.control.value) };
  }
  const ways = choice(
    t('amounts'),
    null,
    [
      ['preset', h('span', {}, t('amounts_preset'))],
      ['range', h('span', {}, t('amounts_range'))],
    ],
    way,
    (value) => {
      way = value;
      show();
      settle();
      paint();
    },
    { class: 'chips' },
  );
  show();
  return { node: h('div', { class: 'fields', 'data-field': 'amounts' }, ways, list, range), read: settle };
}

/** An amount to draw the card with; none while what is typed is no amount. */
const sample = ({ preset, minimum }) => [...(preset ?? []), minimum].find(Number.isInteger);
