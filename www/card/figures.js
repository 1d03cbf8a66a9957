// How amounts, numbers and dates are written and read. The browser knows the languages; this asks it.
//
// Amounts are integers in minor units and never pass through a float: they are written from decimal strings (`25000e-2`) and read digit by digit. Amounts
// inside sentences are isolated, so that nothing around them can reorder them; sign and number never part.

import { lang } from './language.js';

const EXPONENT_0 = 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF';
const EXPONENT_3 = 'BHD IQD JOD KWD LYD OMR TND';

export const exponentOf = (currency) => (EXPONENT_0.includes(currency) ? 0 : EXPONENT_3.includes(currency) ? 3 : 2);

// Gregorian, as dates are printed on cards; with a region the browser decides about the digits.
const LOCALES = { ar: 'ar-SA-u-ca-gregory', en: 'en-GB-u-ca-gregory' };
export const locale = (language = lang()) => LOCALES[language] ?? LOCALES.en;

/** Sign and number of an amount, each as text, in the order in which they are read. */
export function written(minor, currency, language = lang(), whole = false) {
  const exponent = exponentOf(currency);
  const even = whole && minor % 10 ** exponent === 0;
  const places = even ? 0 : exponent;
  const number = new Intl.NumberFormat(locale(language), { minimumFractionDigits: places, maximumFractionDigits: places }).format(`${minor}e-${exponent}`);
  return { sign: signOf(currency, language), number, arabic: language === 'ar' };
}

/** An amount for the middle of a sentence. */
export function money(minor, currency, language = lang()) {
  const { sign, number, arabic } = written(minor, currency, language);
  return `\u2068${arabic ? number : sign}\u00a0${arabic ? sign : number}\u2069`;
}

/** The same with its direction of movement. */
export const moved = (minor, currency) => {
  const { sign, number, arabic } = written(Math.abs(minor), currency);
  const mark = minor > 0 ? '+' : minor < 0 ? '\u2212' : '';
  return arabic ? `\u2067${mark}${number}\u00a0${sign}\u2069` : `\u2066${mark}${sign}\u00a0${number}\u2069`;
};

const signs = new Map();

// The letters that the browser has for a currency in Arabic, without marks; the code elsewhere. The riyal sign U+20C1 is in hardly any font yet.
function signOf(currency, language) {
  if (language !== 'ar') return currency;
  if (!signs.has(currency)) {
    const sample = new Intl.NumberFormat(LOCALES.ar, { style: 'currency', currency }).format(0);
    signs.set(currency, sample.match(/[\u0621-\u064a]+(\.[\u0621-\u064a]+)*/)?.[0] ?? currency);
  }
  return signs.get(currency);
}

export const count = (number) => new Intl.NumberFormat(locale()).format(number);

const date = (at, options) => new Intl.DateTimeFormat(locale(), options).format(new Date(at));
// A day of the calendar, `2026-11-22`, is that day everywhere; a moment is on the reader's own.
const zoneOf = (at) => (/^\d{4}-\d\d-\d\d$/.test(at) ? 'UTC' : undefined);
export const day = (at) => date(at, { day: 'numeric', month: 'short', year: 'numeric', timeZone: zoneOf(at) });
export const shortDay = (at) => date(at, { day: 'numeric', month: 'short', timeZone: 'UTC' });
export const time = (at) => date(at, { hour: 'numeric', minute: '2-digit' });
export const moment = (at) => date(at, { day: 'numeric', month: 'short', year: 'numeric', hour: 'numeric', minute: '2-digit' });

const DIGITS = /[\u0660-\u0669\u06f0-\u06f9]/g;

/** Text with Western digits, whichever were typed. */
export const latin = (text) => text.replace(DIGITS, (digit) => String(digit.codePointAt(0) & 15));

/** The minor units that a typed amount means; `null` when it means none. Digits and marks of either language count. */
export function readAmount(text, currency) {
  const plain = latin(text)
    .replace(/[\s\u00a0\u066c,]/g, '')
    .replace(/\u066b/g, '.');
  const [, whole, fraction = ''] = /^(\d{1,15})(?:\.(\d+))?$/.exec(plain) ?? [];
  const exponent = exponentOf(currency);
  if (whole === undefined || fraction.length > exponent) return null;
  const minor = Number(whole + fraction.padEnd(exponent, '0'));
  return Number.isSafeInteger(minor) ? minor : null;
}

/** An amount as somebody would type it. */
export function typed(minor, currency) {
  const exponent = exponentOf(currency);
  const digits = String(minor).padStart(exponent + 1, '0');
  const fraction = exponent ? digits.slice(-exponent) : '';
  return /[1-9]/.test(fraction) ? `${digits.slice(0, -exponent)}.${fraction}` : digits.slice(0, digits.length - exponent);
}

/** The count's form of a noun. Arabic: zero, one, two, few, many, other; English: one, other. */
export function counted(number, forms) {
  const all = forms.split('|');
  const names = all.length === 2 ? ['one', 'other'] : ['zero', 'one', 'two', 'few', 'many', 'other'];
  const form = all[names.indexOf(new Intl.PluralRules(locale()).select(number))] ?? all.at(-1);
  return form.replace('{count}', count(number));
}
