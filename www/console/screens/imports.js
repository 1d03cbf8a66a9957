// Importing cards of another system. The file is read here first, so that whoever sends it sees what is in it; the figures that it must come to are typed from
// the former system's report, since a file that is reconciled with itself always agrees.

import { h, put } from '../../card/dom.js';
import { count, day, latin, money, readAmount } from '../../card/figures.js';
import { said, t } from '../../card/language.js';
import { post } from '../api.js';
import { button, clear, download, field, input, notice, refuse, select, tell, working } from '../form.js';
import { BYTES_MAX, lineOf, ofLine, readFile, template, tidy } from '../old_cards.js';
import { explain } from '../refusals.js';
import { wrongLines } from '../words/imports.js';
import { cards as countOf } from '../words/shell.js';
import { labelled } from './issue.js';

/** How many rows are shown, and of how many lines it is said what is wrong with them. */
const ROWS_SHOWN = 5;
const WRONG_SHOWN = 10;

const DAY_MS = 86_400_000;

/** Room for everything of an import but its file. */
const REST_BYTES = 1_000;

const HEADS = ['\u2066old_code,amount\u2069', '\u2066old_code,amount,expires_at\u2069'];
const MINOR = 5_000;
const MOMENT = '\u20662030-12-31T20:59:59Z\u2069';

const exampleIn = (currency) => ({
  minor: `\u2066${MINOR}\u2069`,
  example: money(MINOR, currency),
  columns: HEADS.join(` ${t('import_or')} `),
  moment: MOMENT,
});

/** The form. `follow` is told when an import has begun. */
export function importing(settings, follow) {
  const above = notice();
  const terms = termsOf(settings);
  const file = fileField(terms.currency, terms.days);
  const reported = reportFields(terms.currency, file.read);
  const reference = field(t('reference'), input({ dir: 'auto', maxlength: '64' }), { name: 'reference', hint: t('import_reference_hint') });
  const go = h('button', { type: 'submit', class: 'button main' }, t('import_go'));
  const form = h(
    'form',
    { class: 'fields', novalidate: true, on: { submit: (event) => event.preventDefault() } },
    h('p', { class: 'quiet' }, t('import_lead')),
    terms.node,
    file.node,
    reported.node,
    reference,
    above,
    h('div', {}, go),
  );
  file.whenRead(reported.compare);
  terms.whenChanged(() => {
    file.show();
    reported.compare();
  });
  working(go, async () => {
    clear(form, above);
    if (!file.isGood() || !terms.isGood() || !reported.isGood()) return undefined;
    const name = reference.control.value.trim();
    const body = { csv: tidy(file.text()), ...reported.figures(), ...terms.read(), ...(name ? { reference: name } : {}) };
    if (new TextEncoder().encode(JSON.stringify(body)).length > BYTES_MAX) return file.fail(t('import_large'));
    const answer = await post('/v1/imports/gift-cards', body);
    if (!answer.ok) return refused(answer.body, { form, above, file, currency: terms.currency() });
    file.forget();
    form.reset();
    terms.show();
    reported.compare();
    form.closest('details').open = false;
    tell(t('import_begun'));
    return follow();
  });
  return form;
}

/** A refusal of the file stands at the file, with the line that it speaks of. */
function refused(problem, { form, above, file, currency }) {
  const of = ofLine(problem);
  if (of) return file.fail(sentence(of.line, of.why === 'law' ? explain(problem) : t(`why_${of.why}`, exampleIn(currency)), lineOf(file.text(), of.line)));
  if (problem.code === 'body_too_large') return file.fail(t('import_large'));
  return refuse(form, above, problem);
}

/** What is wrong with a line, and the line itself. */
const sentence = (line, why, text) => [
  typeof why === 'string' ? t('import_line', { line: count(line), why }) : [t('import_line', { line: count(line), why: '' }), why],
  text ? h('code', { class: 'file-line', dir: 'ltr' }, text) : null,
];

/** What the cards are of: a programme, or a currency alone. */
function termsOf(settings) {
  const open = settings.programs.filter((each) => !each.archived);
  const box = select([...open.map((each) => [each.id, `${said(each.name)} · ${each.currency}`]), ['', t('import_plain')]], open[0]?.id ?? '');
  const chosen = box.querySelector('select');
  const typed = field(t('currency'), input({ value: 'SAR', dir: 'ltr', maxlength: '3', class: 'short', spellcheck: 'false' }), { name: 'currency' });
  const of = () => open.find((each) => each.id === chosen.value);
  const written = () => typed.control.value.trim().toUpperCase();
  const isCurrency = () => /^[A-Z]{3}$/.test(written());
  const currency = () => of()?.currency ?? (isCurrency() ? written() : 'SAR');
  const show = () => {
    typed.hidden = !!of();
  };
  show();
  return {
    node: h('div', { class: 'pair' }, labelled(t('programme'), box, 'program'), typed),
    currency,
    days: () => of()?.validity_days,
    show,
    whenChanged(changed) {
      chosen.addEventListener('change', () => {
        show();
        changed();
      });
      typed.control.addEventListener('input', changed);
    },
    isGood() {
      const good = of() || isCurrency();
      typed.fail(good ? null : t('f_currency'));
      if (!good) typed.control.focus();
      return good;
    },
    read: () => (of() ? { program: of().id, currency: of().currency } : { currency: written() }),
  };
}

/** The field of the file. The whole box is the control, so a file can be dropped anywhere on it. */
function chooserField(chooser) {
  const [name, hint] = [h('span', { class: 'quiet break' }, t('import_drop')), h('span')];
  const node = field(t('import_file'), chooser, { name: 'csv', hint, wide: true });
  const box = h('div', { class: 'drop' });
  chooser.replaceWith(box);
  box.append(chooser, h('span', { class: 'button', 'aria-hidden': 'true' }, t('import_choose')), name);
  return { node, name, hint };
}

/** The file: chosen, dropped onto its field, or pasted; and what is in it. */
function fileField(currency, days) {
  let text = '';
  // Why there is no file although one was chosen.
  let hindrance = null;
  let read = readFile('');
  let changed = () => {};
  // Whoever mends the file chooses it again, which is a choice only when nothing is chosen.
  const chooser = h('input', { type: 'file', accept: '.csv,text/csv', on: { change: () => choose(chooser.files[0]), click: () => (chooser.value = '') } });
  const lines = h('textarea', { rows: '6', dir: 'ltr', class: 'mono', spellcheck: 'false', on: { input: () => take(lines.value, t('import_drop')) } });
  const { node, name, hint } = chooserField(chooser);
  const told = h('div', { class: 'column' });
  const isWhole = () => read.rows.length > 0 && !read.wrong.length;
  function take(content, from) {
    text = content;
    read = readFile(text);
    hindrance = null;
    put(name, from);
    node.fail(text.trim() && !read.rows.length && !read.wrong.length ? t('import_empty') : null);
    show();
    changed();
  }
  function hinder(why, from) {
    take('', from);
    hindrance = why;
    node.fail(t(why));
  }
  async function choose(file) {
    if (!file) return;
    lines.value = '';
    if (file.size > BYTES_MAX) return hinder('import_large', file.name);
    try {
      const content = await file.text();
      // As it is sent, where each end of a line counts twice.
      if (JSON.stringify(tidy(content)).length > BYTES_MAX - REST_BYTES) return hinder('import_large', file.name);
      take(content, file.name);
      tell(told.textContent);
    } catch {
      hinder('import_unread', file.name);
    }
    return undefined;
  }
  function show() {
    hint.textContent = t('import_columns', exampleIn(currency()));
    put(told, text.trim() ? shown(read, currency(), endOf(days())) : null);
  }
  show();
  const keep = button(t('import_template'), 'small', async () => download('raseed-import.csv', 'text/csv;charset=utf-8', template()));
  const paste = h('details', {}, h('summary', {}, t('import_paste')), field(t('import_lines'), lines, { wide: true }));
  return {
    node: h('div', { class: 'fields' }, node, h('div', { class: 'row' }, keep), paste, told),
    show,
    fail(why) {
      node.fail(why);
      chooser.focus();
    },
    text: () => text,
    read: () => (isWhole() ? read : null),
    isGood() {
      if (!text.trim()) this.fail(t(hindrance ?? 'import_nothing'));
      else if (read.wrong.length) this.fail(wrongLine(read.wrong[0], currency()));
      else if (!read.rows.length) this.fail(t('import_empty'));
      return isWhole();
    },
    whenRead(each) {
      changed = each;
    },
    forget: () => take('', t('import_drop')),
  };
}

const wrongLine = ({ line, why, text }, currency) => sentence(line, t(`why_${why}`, exampleIn(currency)), text);

/** When a card ends that is issued now and of which no line says so. */
const endOf = (days) => (days ? new Date(Date.now() + days * DAY_MS).toISOString() : null);

/** What is in the file: how much, the first rows, and the lines that would be refused. */
function shown({ rows, total, wrong }, currency, end) {
  const some = wrong.slice(0, WRONG_SHOWN);
  const isSaid = end && rows.some(({ expires }) => !expires);
  return [
    rows.length ? h('p', { class: 'strong' }, t('import_has', { cards: countOf(rows.length), total: money(total, currency) })) : null,
    isSaid ? h('p', {}, t('import_ends', { date: day(end) })) : null,
    rows.length ? table(rows.slice(0, ROWS_SHOWN), currency, end) : null,
    someOf(ROWS_SHOWN, rows.length),
    wrong.length
      ? h(
          'div',
          { class: 'wrong-lines' },
          h('p', { class: 'error' }, wrongLines(wrong.length)),
          h(
            'ul',
            { class: 'plain-list' },
            some.map((each) => h('li', {}, wrongLine(each, currency))),
          ),
          someOf(WRONG_SHOWN, wrong.length),
        )
      : null,
  ];
}

const someOf = (shown, all) => (shown < all ? h('p', { class: 'quiet' }, t('import_some', { shown: count(shown), all: count(all) })) : null);

const table = (rows, currency, end) =>
  h(
    'div',
    { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': t('import_first') },
    h(
      'table',
      { class: 'figures' },
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          ['line', 'old_code', 'expires', 'amount'].map((each) => h('th', { scope: 'col', class: each === 'amount' ? 'number' : null }, t(`col_${each}`))),
        ),
      ),
      h(
        'tbody',
        {},
        rows.map(({ line, old, amount, expires }) =>
          h(
            'tr',
            {},
            h('th', { scope: 'row' }, count(line)),
            h('td', {}, h('bdi', { class: 'mono' }, old)),
            h('td', {}, expires || end ? day(expires || end) : t('never')),
            h('td', { class: 'number' }, money(amount, currency)),
          ),
        ),
      ),
    ),
  );

/** What the former system's report says. Beside the file it is said at once whether the two agree, and an import goes out only when they do. */
function reportFields(currency, fileOf) {
  const number = field(t('import_count'), input({ inputmode: 'numeric', dir: 'ltr', class: 'short' }), { name: 'count' });
  const total = field(t('import_total', { currency: currency() }), input({ inputmode: 'decimal', dir: 'ltr', class: 'short' }), { name: 'total' });
  const agrees = h('p', { class: 'good', role: 'status' });
  const figures = () => {
    const digits = latin(number.control.value).replace(/[\s,٬]/g, '');
    return { count: /^\d{1,9}$/.test(digits) ? Number(digits) : null, total: readAmount(total.control.value, currency()) };
  };
  const compare = () => {
    total.querySelector('label').textContent = t('import_total', { currency: currency() });
    const [file, said] = [fileOf(), figures()];
    const differs = (one, other, write) => (file && one && one !== other ? t('import_differs', { said: write(one), has: write(other) }) : null);
    number.fail(differs(said.count, file?.rows.length, countOf));
    total.fail(differs(said.total, file?.total, (amount) => money(amount, currency())));
    agrees.textContent = file && said.count === file.rows.length && said.total === file.total ? t('import_agrees') : '';
  };
  for (const each of [number, total]) each.control.addEventListener('input', compare);
  return {
    node: h(
      'fieldset',
      { class: 'fields' },
      h('legend', {}, t('import_report')),
      h('p', { class: 'hint' }, t('import_report_hint')),
      h('div', { class: 'pair' }, number, total),
      agrees,
    ),
    compare,
    figures,
    isGood() {
      compare();
      const [file, said] = [fileOf(), figures()];
      if (!said.count) number.fail(t('import_count_bad'));
      if (!said.total) total.fail(t('amount_bad'));
      const bad = said.count !== file.rows.length ? number : said.total !== file.total ? total : null;
      bad?.control.focus();
      return !bad;
    },
  };
}
