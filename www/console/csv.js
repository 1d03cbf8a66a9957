// Files for a spreadsheet: amounts as people write them, in a form that every spreadsheet opens as it is.

import { exponentOf } from '../card/figures.js';

/** Without it a spreadsheet takes Arabic for another alphabet. */
const MARK = '\uFEFF';

/** An amount with all the decimals of its currency. It never passes through a float. */
function decimal(minor, currency) {
  const exponent = exponentOf(currency);
  const digits = String(Math.abs(minor)).padStart(exponent + 1, '0');
  const whole = digits.slice(0, digits.length - exponent);
  return `${minor < 0 ? '-' : ''}${whole}${exponent ? `.${digits.slice(-exponent)}` : ''}`;
}

/** A text that a spreadsheet would run as a formula has an apostrophe before it. */
function text(value) {
  const plain = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

/** Rows as a file, by RFC 4180: a line of names, then theirs. `amounts` are the columns in minor units of the row's `currency`. */
export function csv(rows, amounts) {
  const names = Object.keys(rows[0] ?? {});
  const cell = (row, name) => {
    const value = row[name];
    if (typeof value !== 'number') return text(String(value ?? ''));
    return amounts.includes(name) ? decimal(value, row.currency) : String(value);
  };
  const lines = [names, ...rows.map((row) => names.map((name) => cell(row, name)))];
  return `${MARK}${lines.map((line) => line.join(',')).join('\r\n')}\r\n`;
}
