// Batches: many cards at once, of one amount or of another system. They are issued in the background; the list follows while this screen is looked at.

import { h, put } from '../../card/dom.js';
import { count, latin, money, moment, readAmount } from '../../card/figures.js';
import { said, t } from '../../card/language.js';
import { get, post, settled } from '../api.js';
import { csv } from '../csv.js';
import { check, choice, clear, dialog, download, field, input, notice, refuse, select, working } from '../form.js';
import { explain, explainPage } from '../refusals.js';
import { refusedLines } from '../words/imports.js';
import { cards as countOf } from '../words/shell.js';
import { buyerField } from './caps.js';
import { importing } from './imports.js';
import { labelled } from './issue.js';
import '../words/cards.js';
import '../words/reports.js';

/** How often a batch that is being issued is asked about. */
const LOOK_MS = 1_500;

export async function batches(room, _, __, isShown) {
  const above = notice();
  const list = h('div', { class: 'column' });
  const settings = await settled();
  put(room, h('h1', {}, t('go_batches')), h('p', { class: 'lead' }, t('batch_lead')), above, list);
  if (!settings.ok) {
    above.say(explain(settings.body));
    return t('go_batches');
  }
  const follow = async () => {
    const answer = await get('/v1/gift-card-batches');
    if (!answer.ok) return above.say(explainPage(answer));
    draw(list, answer.body.data, above);
    if (answer.body.data.some((each) => each.status === 'issuing')) setTimeout(() => isShown() && follow(), LOOK_MS);
    return undefined;
  };
  const way = (name, form) => h('details', { class: name }, h('summary', {}, t(name)), form);
  list.before(h('div', { class: 'column' }, way('batch_new', making(settings.body, follow)), way('import_new', importing(settings.body, follow))));
  await follow();
  return t('go_batches');
}

function draw(list, rows, above) {
  const focused = list.contains(document.activeElement) ? document.activeElement.dataset.batch : null;
  put(
    list,
    rows.length
      ? h(
          'ul',
          { class: 'column' },
          rows.map((each) => row(each, above)),
        )
      : h('p', { class: 'quiet' }, t('batch_none')),
  );
  if (focused) list.querySelector(`[data-batch="${CSS.escape(focused)}"]`)?.focus();
}

function row(batch, above) {
  const { id, type, status, count: all, issued, amount, currency, total, campaign, reference, created_at: at, refused = 0 } = batch;
  const isImport = type === 'import';
  const progress = t('batch_issuing', { issued: count(issued + refused), count: count(all) });
  const told = h('p', { class: 'quiet', role: 'status' });
  return h(
    'li',
    { class: 'box' },
    h('div', { class: 'title' }, h('h2', {}, isImport ? countOf(issued) : [countOf(all), ' × ', money(amount, currency)]), standing(batch, progress)),
    h('progress', { value: String(issued + refused), max: String(all), 'aria-label': progress }),
    h(
      'p',
      { class: 'quiet' },
      // Of an import in which lines made no card, the file's total is not what there is.
      [moment(at), isImport && issued < all ? null : money(total, currency), campaign, reference].filter(Boolean).map((each, index) => [index ? ' · ' : '', h('bdi', {}, each)]),
    ),
    isImport && refused && status !== 'stopped' ? h('p', { class: 'refused-lines' }, refusedLines(refused, batch.refused_lines ?? [])) : null,
    status === 'stopped' && batch.cause ? h('p', { class: 'error' }, explain({ code: batch.cause })) : null,
    h('div', { class: 'row' }, isImport ? exchangeWay(id) : codesButton(batch, told, above)),
    told,
  );
}

function standing({ type, status }, progress) {
  if (status === 'issuing') return h('span', { class: 'quiet' }, progress);
  if (status === 'stopped') return h('span', { class: 'badge', 'data-status': 'frozen' }, t('batch_stopped'));
  return h('span', { class: 'badge', 'data-status': 'active' }, t(type === 'import' ? 'batch_imported' : 'batch_done'));
}

const codesButton = (batch, told, above) =>
  working(h('button', { type: 'button', class: 'button', 'data-batch': batch.id }, t('batch_download')), () => codes(batch, told, above));

/** Codes of imported cards are told to whoever brings the old one. */
const exchangeWay = (id) => h('a', { class: 'button', href: '#/cards?exchange', 'data-batch': id }, t('exchange'));

/** Every page of the codes as one file. */
async function codes({ id, count: all, issued }, told, above) {
  const sure = await dialog({ title: t('batch_download'), text: t('batch_download_lead'), confirm: t('batch_download'), act: async () => ({ ok: true }) });
  if (!sure) return undefined;
  const pages = [];
  let cursor = '';
  let done = 0;
  do {
    const answer = await get(`/v1/gift-card-batches/${id}/codes?format=ndjson${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
    if (!answer.ok) return above.say(explainPage(answer));
    const lines = answer.body.split('\n').filter((line) => line.trim());
    pages.push(lines.map((line) => JSON.parse(line)));
    done += lines.length;
    told.textContent = t('batch_progress', { done: count(done), count: count(issued || all) });
    cursor = answer.headers.get('next-cursor') ?? '';
  } while (cursor);
  return download(`raseed-${id}.csv`, 'text/csv;charset=utf-8', csv(pages.flat(), ['amount']));
}

/** The programme's amounts to choose from, or a field for any, as where one card is issued. `draw` it again when the programme is another. */
function amounts(of) {
  const place = h('div', { 'data-field': 'amount' });
  const draw = () => {
    const { amounts: allowed, currency } = of();
    put(place, allowed.preset?.length ? chosen(place, allowed.preset, currency) : typedAmount(place, allowed, currency));
  };
  return Object.assign(place, { draw });
}

function chosen(place, preset, currency) {
  let amount = null;
  const error = h('p', { class: 'error', hidden: true, role: 'alert' });
  const fail = (text) => {
    error.hidden = !text;
    put(error, text || '');
  };
  const choose = (value) => {
    amount = Number(value);
    fail(null);
  };
  const options = preset.map((each) => [String(each), h('span', {}, money(each, currency))]);
  const node = choice(t('amount'), null, options, null, choose, { class: 'chips' });
  Object.assign(place, { control: node.querySelector('input'), fail, read: () => amount, wrong: 'amount_choose' });
  return [node, error];
}

function typedAmount(place, { minimum, maximum }, currency) {
  const hint = t('amount_range', { minimum: money(minimum, currency), maximum: money(maximum, currency) });
  const node = field(t('other_amount', { currency }), input({ inputmode: 'decimal', dir: 'ltr', class: 'short' }), { hint });
  const { control, fail } = node;
  Object.assign(place, { control, fail, read: () => readAmount(control.value, currency), wrong: 'amount_bad' });
  return node;
}

/** What was written into fields that may stay empty, by their names. */
const written = (fields) =>
  Object.fromEntries(
    Object.entries(fields)
      .map(([name, { control }]) => [name, control.value.trim()])
      .filter(([, text]) => text),
  );

function making(settings, follow) {
  const open = settings.programs.filter((each) => !each.archived);
  if (!open.length) return h('p', { class: 'quiet' }, t('no_programmes'));
  const above = notice();
  const programme = select(
    open.map((each) => [each.id, `${said(each.name)} · ${each.currency}`]),
    open[0]?.id,
  );
  const of = () => open.find((each) => each.id === programme.querySelector('select').value);
  const number = field(t('batch_count'), input({ inputmode: 'numeric', dir: 'ltr', class: 'short' }), { name: 'count', hint: t('batch_count_hint') });
  const amount = amounts(of);
  const buyer = buyerField('', () => {});
  const draw = () => {
    amount.draw();
    buyer.follow(of());
  };
  draw();
  programme.addEventListener('change', draw);
  const campaign = field(t('campaign'), input({ dir: 'auto', maxlength: '64' }), { name: 'campaign' });
  const reference = field(t('reference'), input({ dir: 'auto', maxlength: '64' }), { name: 'reference', hint: t('reference_hint') });
  let inactive = false;
  const go = h('button', { type: 'submit', class: 'button main' }, t('batch_issue'));
  const form = h(
    'form',
    { class: 'fields', novalidate: true, on: { submit: (event) => event.preventDefault() } },
    labelled(t('programme'), programme, 'program'),
    number,
    amount,
    buyer,
    h('div', { class: 'pair' }, campaign, reference),
    check(
      t('inactive_card'),
      false,
      (on) => {
        inactive = on;
      },
      t('inactive_hint'),
    ),
    above,
    h('div', {}, go),
  );
  working(go, async () => {
    clear(form, above);
    const { id, currency } = of();
    const many = Number(latin(number.control.value).replace(/[\s,٬]/g, ''));
    const each = amount.read();
    const isMany = Number.isInteger(many) && many >= 1 && many <= 100_000;
    number.fail(isMany ? null : t('batch_count_bad'));
    amount.fail(each ? null : t(amount.wrong));
    if (!isMany || !each) return (isMany ? amount : number).control.focus();
    if (!buyer.isGood()) return undefined;
    const body = { count: many, amount: each, program: id, ...(inactive ? { active: false } : {}), ...buyer.read(), ...written({ campaign, reference }) };
    const sum = t('batch_total', { cards: countOf(many), amount: money(each, currency), total: money(many * each, currency) });
    const answer = await dialog({
      title: t('batch_issue'),
      text: [sum, t('batch_ask')],
      confirm: t('batch_issue'),
      async act() {
        const told = await post('/v1/gift-card-batches', body);
        return told.status === 404 || told.status === 405 ? { ...told, body: { code: 'old_server' } } : told;
      },
    });
    if (!answer) return undefined;
    if (!answer.ok) return refuse(form, above, answer.body);
    form.closest('details').open = false;
    return follow();
  });
  return form;
}
