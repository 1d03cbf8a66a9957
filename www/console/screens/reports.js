// Reports: a chart to see, a table to read, a file to keep. The server counts; nothing is summed here but what the screen itself shows together.

import { h, put } from '../../card/dom.js';
import { count, day, money } from '../../card/figures.js';
import { said, t } from '../../card/language.js';
import { get, settled } from '../api.js';
import { csv } from '../csv.js';
import { button, choice, download, field, input, notice, refusePage } from '../form.js';
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

/** What is counted, and what is an amount. A column that a newer server has is neither: it is shown as the text that it is. */
const COUNTS = ['cards', 'activated', 'redemptions', 'orders', 'entries'];
const AMOUNTS = [
  ...['issued', 'loaded', 'sold', 'given', 'redeemed', 'refunded', 'order_total', 'uplift'],
  ...['available', 'held', 'stock', 'unused', 'age_30', 'age_90', 'age_365', 'age_older', 'balance', 'amount'],
  ...['put_on', 'expired', 'cashed_out', 'adjusted', 'cancelled'],
];

/** Columns that are said elsewhere, or to nobody. */
const UNSHOWN = ['currency', 'entries', 'as_of'];

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
  const keep = button(t('csv'), '', async () => download(`raseed-${name}-${from}-${to}.csv`, 'text/csv;charset=utf-8', csv(answer.body.data, AMOUNTS)));
  put(
    room,
    h('h1', {}, t('go_reports')),
    tabs,
    h('p', { class: 'lead' }, t(`lead_${name}`)),
    period(from, to, by, shape, go, answer.ok && answer.body.data.length ? keep : null),
    above,
    place,
  );
  // On a phone the report that is shown may lie beyond the edge of the row. The page is put together in this turn.
  requestAnimationFrame(() => tabs.querySelector('[aria-current=page]').scrollIntoView({ inline: 'center', block: 'nearest' }));
  if (!answer.ok || !settings.ok) refusePage(room, above, answer.ok ? settings : answer);
  else put(place, body(name, answer.body.data, { from, to, by, shape, settings: settings.body }));
  return t(`report_${name}`);
}

function period(from, to, by, shape, go, keep) {
  const date = (value, name) =>
    field(
      t(`${name}_day`),
      input({ type: 'date', value, required: true, on: { change: ({ target }) => target.value && go({ [name]: target.value }) } }),
      { name },
    );
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
  return h('div', { class: 'period' }, date(from, 'from'), date(to, 'to'), quick, keep, ways);
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

/** What comes onto cards and leaves them. What moves to a successor stays on cards, so it is none of it. */
const MOVES = ['put_on', 'redeemed', 'refunded', 'expired', 'cashed_out', 'adjusted', 'cancelled'];

/** The book's accounts by day: what was put onto cards, and what left them. Accounts that value comes from are below zero. */
function overview(rows) {
  const days = new Map();
  for (const { day: at, currency, account, amount } of rows) {
    const key = `${at} ${currency}`;
    if (!days.has(key)) days.set(key, { day: at, currency, ...Object.fromEntries(MOVES.map((name) => [name, 0])) });
    const row = days.get(key);
    if (account === 'issued' || account === 'loaded') row.put_on -= amount;
    else if (account === 'refunded' || account === 'adjusted') row[account] -= amount;
    else if (account in row) row[account] += amount;
  }
  const all = [...days.values()];
  // What never happened takes no room.
  for (const account of MOVES.slice(2)) if (all.every((row) => row[account] === 0)) all.forEach((row) => delete row[account]);
  return all.sort((a, b) => (a.day < b.day ? -1 : 1));
}

function block(name, rows, currency, several, { from, to, by, shape, settings }) {
  const columns = Object.keys(rows[0]).filter((column) => !UNSHOWN.includes(column));
  const numbers = columns.filter((column) => [...COUNTS, ...AMOUNTS].includes(column));
  const write = (column, value) => (COUNTS.includes(column) ? count(value) : money(value, currency));
  const sums = Object.fromEntries(numbers.map((column) => [column, rows.reduce((sum, row) => sum + row[column], 0)]));
  const drawn = (name === 'overview' ? ['put_on', 'redeemed'] : shape.drawn).filter((column) => numbers.includes(column));
  const label = t('chart_of', { report: t(`report_${name}`), from: day(from), to: day(to) });
  const isByDay = columns.includes('day');
  const [first] = drawn;
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
          rows.map((row) => [named(row, by, settings), row[first], write(first, row[first])]),
          `${t(`col_${first}`)}: ${label}`,
        ),
    rows[0].as_of ? h('p', { class: 'quiet' }, t('as_of', { day: day(rows[0].as_of) })) : null,
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
