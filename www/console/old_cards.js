// The file of an import, read as the server reads it: to show what is in it, and which lines it would refuse. The server decides; this only spares people a
// round, so what is not understood here is left to it.

/** The columns of a file; the last one may be left out. */
const COLUMNS = ['old_code', 'amount', 'expires_at'];

/** What an import may weigh as it is sent. */
export const BYTES_MAX = 1_048_576;

/** What stands between the letters of a code, or comes along unseen when it is copied. */
const SEPARATORS = /[\s\u0085\u200b-\u200f\u2060\u061c\u202a-\u202e\u2066-\u2069\ufeff\u0640\u2010-\u2015\u2212-]/g;

const WIDE = /[\uff01-\uff5e]/g;
const DIGITS = /[\u0660-\u0669\u06f0-\u06f9]/g;

/** A code of another system as it is compared; what is no letter and no digit of a code stays, so that it can be told from one. */
export const symbolsOf = (typed) =>
  typed
    .replace(WIDE, (wide) => String.fromCodePoint(wide.codePointAt(0) - 0xfee0))
    .replace(DIGITS, (digit) => String(digit.codePointAt(0) & 15))
    .replace(SEPARATORS, '')
    .replace(/[a-z]/g, (letter) => letter.toUpperCase());

const MOMENT = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

const isAmount = (text) => /^\d+$/.test(text) && Number(text) > 0 && Number.isSafeInteger(Number(text));
const isToCome = (text) => MOMENT.test(text) && !(Date.parse(text.replace(' ', 'T')) <= Date.now());

const unquoted = (cell) => cell.trim().replace(/^"(.*)"$/, '$1');

/** How a text is sent: without what editors put around it. The lines keep their numbers. */
export const tidy = (text) => text.replace(/^\ufeff/, '').replaceAll('\r\n', '\n').trimEnd();

/**
 * What is in a file: its `rows`, each with its `line`, counted as an editor does; the sum of their amounts; and what is `wrong`: a line, its text, and why:
 * `head`, `columns`, `old_code`, `doubled`, `amount` or `expires_at`.
 */
export function readFile(text) {
  const [head = '', ...lines] = tidy(text).split('\n');
  const names = head.split(',').map(unquoted);
  if (names.length < 2 || names.length > COLUMNS.length || names.some((name, index) => name !== COLUMNS[index]))
    return { rows: [], total: 0, wrong: [{ line: 1, text: head, why: 'head' }] };
  const seen = new Set();
  const rows = [];
  const wrong = [];
  for (const [index, each] of lines.entries()) {
    const cells = each.split(',').map(unquoted);
    const [old, amount, expires = ''] = cells;
    const why = cells.length === names.length ? whyNot(symbolsOf(old), amount, expires, seen) : 'columns';
    if (why) wrong.push({ line: index + 2, text: each, why });
    else rows.push({ line: index + 2, old, amount: Number(amount), expires });
  }
  return { rows, total: rows.reduce((sum, row) => sum + row.amount, 0), wrong };
}

function whyNot(code, amount, expires, seen) {
  if (!/^[A-Z0-9]{4,64}$/.test(code)) return 'old_code';
  if (seen.has(code)) return 'doubled';
  seen.add(code);
  if (!isAmount(amount)) return 'amount';
  return expires && !isToCome(expires) ? 'expires_at' : null;
}

/** Which line of the file a refusal speaks of, and why; `null` when it speaks of something else. */
export function ofLine({ code, field, rule }) {
  const [, line, column] = /^csv\[line (\d+)\](?:\.(\w+))?$/.exec(field ?? '') ?? [];
  if (!line) return null;
  const why = rule ? 'law' : code === 'old_code_doubled' ? 'doubled' : (column ?? (line === '1' ? 'head' : 'columns'));
  return { line: Number(line), why };
}

/** That line of the file. */
export const lineOf = (text, line) => tidy(text).split('\n')[line - 1] ?? '';

/** A file to begin with: two cards, one of which ends. */
export function template() {
  const year = new Date().getUTCFullYear() + 2;
  return ['old_code,amount,expires_at', 'NR-1042-8817,5000,', `NR-1042-8818,10000,${year}-12-31T20:59:59Z`, ''].join('\r\n');
}
