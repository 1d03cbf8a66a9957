// Money as the shop writes and reads it: integers of halalas inside, words outside.
//
// For: turning minor units into the pieces of an amount (number, currency, their order) and
// reading an amount that a person typed. The server and the page import this same file, so the
// figure on the button can never be written differently from the figure in the basket.
// Leaves out: markup (each side builds its own), other currencies (this shop sells in riyals).

export const CURRENCY = 'SAR';

// Both locales name their digits: a browser's own default for Arabic differs between engines,
// and a page must not mix two kinds of numerals.
const LOCALE = { ar: 'ar-SA-u-ca-gregory-nu-arab', en: 'en-GB-u-ca-gregory-nu-latn' };
const CURRENCY_TEXT = { ar: 'ر.س', en: 'SAR' };

// An order of this shop stays far below; the bound keeps a typed amount inside exact integers.
const MAX_MINOR = 100_000_000;

const figures = memo((lang) => new Intl.NumberFormat(LOCALE[lang], { minimumFractionDigits: 2, maximumFractionDigits: 2 }));
const counts = memo((lang) => new Intl.NumberFormat(LOCALE[lang], { maximumFractionDigits: 0 }));
const percents = memo((lang) => new Intl.NumberFormat(LOCALE[lang], { style: 'percent' }));
const moments = memo((lang) => new Intl.DateTimeFormat(LOCALE[lang], {
  day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', timeZone: 'Asia/Riyadh',
}));

/** 25000 → "250.00": the form that machines read, and `Intl` takes without a float in between. */
export function decimal(minor) {
  const digits = String(minor).padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** The number of an amount in the language's own numerals, without the currency. */
export function figure(minor, lang) {
  return figures(lang).format(decimal(minor));
}

/** The pieces of an amount in reading order. English puts the currency first, Arabic after. */
export function pieces(minor, lang) {
  const number = { kind: 'number', text: figure(minor, lang), value: decimal(minor) };
  const currency = { kind: 'currency', text: CURRENCY_TEXT[lang] };
  return lang === 'ar' ? [number, currency] : [currency, number];
}

/** An amount as plain text, for labels that take no markup. */
export function plain(minor, lang) {
  return pieces(minor, lang).map((piece) => piece.text).join('\u00a0');
}

export const count = (value, lang) => counts(lang).format(value);
export const percent = (value, lang) => percents(lang).format(value);
export const moment = (iso, lang) => moments(lang).format(new Date(iso));

/**
 * Reads an amount as a person types it, in Latin, Arabic-Indic or Persian digits, with either
 * decimal mark; null when it is not an amount above zero. A comma before one or two last digits
 * can only be a decimal mark, before three only a thousands mark, so nothing is guessed.
 */
export function read(typed) {
  const text = String(typed)
    .replace(/[\u0660-\u0669]/g, (digit) => digit.charCodeAt(0) - 0x0660)
    .replace(/[\u06f0-\u06f9]/g, (digit) => digit.charCodeAt(0) - 0x06f0)
    .replace(/[\s\u200e\u200f\u061c\u2066-\u2069]/g, '')
    .replace(/[\u066c\u060c]/g, ',')
    .replace(/\u066b/g, '.')
    .replace(/,(\d{1,2})$/, '.$1');
  const match = /^(\d{1,7}|\d{1,3}(?:,\d{3}){1,2})(?:\.(\d{1,2}))?$/.exec(text);
  if (!match) return null;
  const minor = Number(match[1].replaceAll(',', '')) * 100 + Number((match[2] ?? '').padEnd(2, '0'));
  return minor >= 1 && minor <= MAX_MINOR ? minor : null;
}

// A formatter costs far more to build than to use.
function memo(build) {
  const built = new Map();
  return (lang) => built.get(lang) ?? built.set(lang, build(lang)).get(lang);
}
