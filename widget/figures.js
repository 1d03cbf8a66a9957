// How numbers, amounts and dates are written. The browser knows; this asks it.
//
// Amounts come in minor units and are formatted as decimal strings (`25000e-2`), so no fraction is ever a float. One locale serves all of them, so a widget
// never mixes two kinds of numerals.
// The riyal sign U+20C1 is in hardly any font yet: signs are text.

/** What one language, kind of numerals and currency look like. `exponent`: digits after the point. */
export function figures(lang, numerals, currency, exponent) {
  const arabic = /^ar/i.test(lang);
  const locale = localeOf(lang, arabic, numerals);
  const sign = (arabic && signOf(locale, currency)) || currency;
  const amounts = new Intl.NumberFormat(locale, { minimumFractionDigits: exponent, maximumFractionDigits: exponent });
  const written = (minor) => ({ arabic, sign, number: amounts.format(`${minor}e-${exponent}`) });
  return {
    arabic,
    // An amount as its pieces.
    written,
    // Isolated, so that nothing around it in a sentence can reorder it, and never parted.
    amount(minor) {
      const { number } = written(minor);
      return `\u2068${arabic ? number : sign}\u00a0${arabic ? sign : number}\u2069`;
    },
    count: (number) => new Intl.NumberFormat(locale).format(number),
    // The forms stand in this order; any other is the last.
    counted(number, forms) {
      const form = forms.split('|').at(['one', 'two', 'zero', 'few', 'many'].indexOf(new Intl.PluralRules(locale).select(number)));
      return form.replace('{count}', this.count(number));
    },
    date: (ms) => new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric' }).format(ms),
  };
}

// Gregorian, as dates are printed on cards. Browsers disagree about the digits of a bare "ar" and the dates of a bare "en", so both get a region; with a
// region the browser decides. A tag that is none gives way to its language.
function localeOf(lang, arabic, numerals) {
  const options = { calendar: 'gregory' };
  if (/^(arab|latn)$/.test(numerals)) options.numberingSystem = numerals;
  try {
    const { region = arabic ? 'SA' : 'GB' } = new Intl.Locale(lang);
    return new Intl.Locale(lang, { ...options, region });
  } catch {
    return localeOf(arabic ? 'ar' : 'en', arabic, numerals);
  }
}

// The letters that the browser has for a currency in Arabic, without marks and the last point; none for currencies that it writes in Latin letters.
function signOf(locale, currency) {
  if (!/^[a-z]{3}$/i.test(currency)) return '';
  const sample = new Intl.NumberFormat(locale, { style: 'currency', currency }).format(0);
  return sample.match(/[\u0621-\u064a]+(\.[\u0621-\u064a]+)*/)?.[0];
}
