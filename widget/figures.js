// How numbers, amounts and dates are written. The browser knows; this asks it.
//
// Amounts come as decimal strings, so nothing passes through a float. One locale serves all of them, so a widget never mixes two kinds of numerals.
// The riyal sign U+20C1 is in hardly any font yet: signs are text.

/** What one language, kind of numerals and currency look like. `exponent`: digits after the point. */
export function figures(lang, numerals, currency, exponent) {
  const arabic = /^ar\b/i.test(lang);
  // Browsers disagree about the digits of a bare "ar" and the dates of a bare "en", so both get a region. With a region the browser decides.
  const region = arabic ? /^ar-\w/i : /^en-\w/i;
  const numbers = /^(arab|latn)$/.test(numerals) ? `-nu-${numerals}` : '';
  const own = region.test(lang) ? [lang] : [];
  // Gregorian, as dates are printed on cards. A tag that is none gives way to one that is.
  const tag = [...own, arabic ? 'ar-SA' : 'en-GB'].map((base) => `${base}-u-ca-gregory${numbers}`).find(isTag);
  const amounts = new Intl.NumberFormat(tag, { minimumFractionDigits: exponent, maximumFractionDigits: exponent });
  const money = (decimal) => ({ arabic, sign: (arabic && signOf(tag, currency)) || currency, number: amounts.format(decimal) });
  return {
    arabic,
    money,
    // Isolated, so that nothing around it in a sentence can reorder it, and never parted.
    amount(decimal) {
      const { sign, number } = money(decimal);
      return `\u2068${arabic ? number : sign}\u00a0${arabic ? sign : number}\u2069`;
    },
    count: (number) => new Intl.NumberFormat(tag).format(number),
    // One, two, zero, few stand in this order; any other form is the last.
    counted(number, forms) {
      const form = forms.split('|').at(['one', 'two', 'zero', 'few'].indexOf(new Intl.PluralRules(tag).select(number)));
      return form.replace('{count}', this.count(number));
    },
    date: (ms) => new Intl.DateTimeFormat(tag, { day: 'numeric', month: 'short', year: 'numeric' }).format(ms),
  };
}

function isTag(tag) {
  try {
    return Intl.getCanonicalLocales(tag);
  } catch {
    return false;
  }
}

// The letters that the browser has for a currency in Arabic, without marks and the last point; none for currencies that it writes in Latin letters.
function signOf(tag, currency) {
  const sample = currency && new Intl.NumberFormat(tag, { style: 'currency', currency }).format(0);
  return sample?.match(/[\u0621-\u064a]+(\.[\u0621-\u064a]+)*/)?.[0];
}
