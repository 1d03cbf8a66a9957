// Reports: a chart to see, a table to read, a file to keep. The server counts; nothing is summed here but what the screen itself shows together.

import { h, put } from '../../card/dom.js';
import { count, day, money } from '../../card/figures.js';
import { said, t } from '../../card/language.js';
import { get, settled } from '../api.js';
import { button, choice, download, field, input, notice } from '../form.js';
import { explainPage } from '../refusals.js';
import { chart, lying } from './chart.js';
import '../words/cards.js';
import '../words/reports.js';

/** What each report is by, and which columns are drawn, most important first. */
const REPORTS = {
  overview: { by: [] },
  issued: { by: ['day', 'program', 'location', 'campaign'], drawn: ['sold', 'given'] },
  activation: { by: ['day', 'program', 'location', 'campaign'], drawn: ['cards', 'activated'] },
  redemptions: { by: ['day', 'program', 'location', 'campaign'], drawn: ['issued', 'redeemed'] },
  outstanding: { by: ['program'], drawn: ['available'] },
  uplift: { by: ['day', 'location'], drawn: ['redeemed', 'uplift'] },
  unclaimed: { by: [], drawn: ['amount'] },
};

const NAMES = ['day', 'program', 'location', 'campaign', 'jurisdiction', 'kind', 'currency', 'dormant_since', 'rule', 'source'];
const COUNTS = ['cards', 'activated', 'redemptions', 'orders', 'entries'];

const iso = (ms) => new Date(ms).toISOString().slice(0, 10);
const ago = (number) => iso(Date.now() - number * 86_400_000);

export async function reports(room, [which = 'overview'], query) {
  const name = which in REPORTS ? which : 'overview';
  const shape = REPORTS[name];
  const from = query.get('from') ?? ago(29);
  const to = query.get('to') ?? ago(0);
  const by = shape.by.includes(query.get('by')) ? query.get('by') : shape.by[0];
  const above = notice();
  const go = (more) => {
    location.hash = `#/reports/${name}?${new URLSearchParams({ from, to, ...(by ? { by } : {}), ...more })}`;
  };
  const tabs = h(
    'nav',
    { class: 'tabs', 'aria-label': t('go_reports') },
    Object.keys(REPORTS).map((each) =>
      h('a', { href: `#/reports/${each}?${new URLSearchParams({ from, to })}`, 'aria-current': each === name ? 'page' : null }, t(`report_${each}`)),
    ),
  );
  const path =
    name === 'overview' ? `/v1/reports/summary?from=${from}&to=${to}` : `/v1/reports/${name}?${new URLSearchParams({ from, to, ...(by ? { by } : {}) })}`;
  const [answer, settings] = await Promise.all([get(path), settled()]);
  const place = h('div', { class: 'column' });
  const csv = button(t('csv'), '', () => file(path, answer, name, from, to, above));
  put(
    room,
    h('h1', {}, t('go_reports')),
    tabs,
    h('p', { class: 'lead' }, t(`lead_${name}`)),
    period(from, to, by, shape, go, answer.ok && answer.body.data.length ? csv : null),
    above,
    place,
  );
  if (!answer.ok || !settings.ok) above.say(explainPage(answer.ok ? settings : answer));
  else put(place, body(name, answer.body.data, { from, to, by, shape, settings: settings.body }));
  return t(`report_${name}`);
}

function period(from, to, by, shape, go, csv) {
  const date = (value, name) =>
    field(t(`${name}_day`), input({ type: 'date', value, required: true, on: { change: ({ target }) => target.value && go({ [name]: target.value }) } }));
  const quick = h(
    'div',
    { class: 'row tight' },
    [7, 30, 90].map((number) =>
      h(
        'button',
        {
          type: 'button',
          class: 'button small',
          'aria-pressed': String(from === ago(number - 1) && to === ago(0)),
          on: { click: () => go({ from: ago(number - 1), to: ago(0) }) },
        },
        t(`last_${number}`),
      ),
    ),
  );
  const ways =
    shape.by.length > 1
      ? choice(
          t('by'),
          null,
          shape.by.map((each) => [each, h('span', {}, t(`by_${each}`))]),
          by,
          (each) => go({ by: each }),
          { class: 'chips' },
        )
      : null;
  return h('div', { class: 'period' }, date(from, 'from'), date(to, 'to'), quick, csv, ways);
}

/** The rows of one report, one block for each currency: amounts of two are never added. */
function body(name, rows, context) {
  if (!rows.length) return h('p', { class: 'quiet' }, t('report_empty'));
  const list = name === 'overview' ? overview(rows) : rows;
  const currencies = [...new Set(list.map(({ currency }) => currency))].sort();
  return currencies.map((currency) =>
    block(
      name,
      list.filter((row) => row.currency === currency),
      currency,
      currencies.length > 1,
      context,
    ),
  );
}

/** The book's accounts by day: what was put onto cards, and what left them. Accounts that value comes from are below zero. */
function overview(rows) {
  const days = new Map();
  for (const { day: at, currency, account, amount } of rows) {
    const key = `${at} ${currency}`;
    if (!days.has(key)) days.set(key, { day: at, currency, put_on: 0, redeemed: 0, refunded: 0, expired: 0, cashed_out: 0 });
    const row = days.get(key);
    if (account === 'issued' || account === 'loaded') row.put_on -= amount;
    else if (account === 'refunded') row.refunded -= amount;
    else if (account in row) row[account] += amount;
  }
  const all = [...days.values()];
  // What never happened takes no room.
  for (const account of ['refunded', 'expired', 'cashed_out']) if (all.every((row) => row[account] === 0)) all.forEach((row) => delete row[account]);
  return all.sort((a, b) => (a.day < b.day ? -1 : 1));
}

function block(name, rows, currency, several, { from, to, by, shape, settings }) {
  const columns = Object.keys(rows[0]).filter((column) => column !== 'currency' && column !== 'entries');
  const numbers = columns.filter((column) => !NAMES.includes(column));
  const write = (column, value) => (COUNTS.includes(column) ? count(value) : money(value, currency));
  const sums = Object.fromEntries(numbers.map((column) => [column, rows.reduce((sum, row) => sum + row[column], 0)]));
  const drawn = (name === 'overview' ? ['put_on', 'redeemed'] : shape.drawn).filter((column) => numbers.includes(column));
  const label = t('chart_of', { report: t(`report_${name}`), from: day(from), to: day(to) });
  const isByDay = columns.includes('day');
  return h(
    'section',
    { class: 'report' },
    several ? h('h2', {}, currency) : null,
    h(
      'dl',
      { class: 'tiles' },
      drawn.map((column) => h('div', {}, h('dt', {}, t(`col_${column}`)), h('dd', {}, write(column, sums[column])))),
    ),
    isByDay
      ? byDay(rows, drawn, from, to, currency, label)
      : lying(
          rows.map((row) => [named(row, by, settings), row[drawn.at(-1)], write(drawn.at(-1), row[drawn.at(-1)])]),
          label,
        ),
    table(rows, columns, numbers, sums, write, settings),
  );
}

/** Every day of the time has its place, also one on which nothing happened. */
function byDay(rows, drawn, from, to, currency, label) {
  const days = [];
  for (let at = Date.parse(from); at <= Date.parse(to) && days.length < 400; at += 86_400_000) days.push(iso(at));
  const of = (column) => days.map((each) => rows.filter((row) => row.day === each).reduce((sum, row) => sum + row[column], 0));
  const series = drawn.map((column, index) => ({ name: t(`col_${column}`), values: of(column), colour: index + 1 }));
  return chart({ days, series, currency, label, whole: drawn.every((column) => COUNTS.includes(column)) });
}

function named(row, by, settings) {
  const id = row[by] ?? row.jurisdiction;
  const known = { location: settings.locations, program: settings.programs }[by]?.find((each) => each.id === id);
  return known ? said(known.name) : id || t('unnamed');
}

function table(rows, columns, numbers, sums, write, settings) {
  const cell = (row, column) => {
    if (numbers.includes(column)) return h('td', { class: 'number', 'data-name': t(`col_${column}`) }, write(column, row[column]));
    const text =
      column === 'day' || column === 'dormant_since'
        ? row[column] && day(row[column])
        : column === 'kind'
          ? t(`kind_${row.kind}`)
          : named(row, column, settings);
    return h(
      column === columns[0] ? 'th' : 'td',
      column === columns[0] ? { scope: 'row' } : { 'data-name': t(`col_${column}`) },
      h('bdi', {}, text || t('unnamed')),
    );
  };
  const names = columns.filter((column) => !numbers.includes(column));
  return h(
    'div',
    { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': t('go_reports') },
    h(
      'table',
      { class: 'figures' },
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          columns.map((column) => h('th', { scope: 'col', class: numbers.includes(column) ? 'number' : null }, t(`col_${column}`))),
        ),
      ),
      h(
        'tbody',
        {},
        rows.map((row) =>
          h(
            'tr',
            {},
            columns.map((column) => cell(row, column)),
          ),
        ),
      ),
      rows.length > 1
        ? h(
            'tfoot',
            {},
            h(
              'tr',
              {},
              h('th', { scope: 'row', colspan: String(names.length) }, t('total')),
              numbers.map((column) => h('td', { class: 'number' }, write(column, sums[column]))),
            ),
          )
        : null,
    ),
  );
}

/** The server's own file; where it has none yet, the rows that are shown. */
async function file(path, answer, name, from, to, above) {
  const own = await get(`${path}&format=csv`);
  const rows = answer.body.data;
  const quoted = (value) => (/[",\n]/.test(String(value ?? '')) ? `"${String(value).replaceAll('"', '""')}"` : String(value ?? ''));
  const made = () => [Object.keys(rows[0]), ...rows.map((row) => Object.values(row))].map((row) => row.map(quoted).join(',')).join('\r\n');
  if (!own.ok && own.status === 0) return above.say(explainPage(own));
  return download(`raseed-${name}-${from}-${to}.csv`, 'text/csv;charset=utf-8', own.ok && typeof own.body === 'string' ? own.body : `${made()}\r\n`);
}
