// Names of the places whose law can be chosen. The browser knows the countries in both languages; parts of them it does not, so those are named here.

import { lang, learn, t } from '../../card/language.js';

learn({
  'place_US-CA': ['California', 'كاليفورنيا'],
  'place_US-CO': ['Colorado', 'كولورادو'],
  'place_US-MA': ['Massachusetts', 'ماساتشوستس'],
  'place_US-ME': ['Maine', 'مين'],
  'place_US-MT': ['Montana', 'مونتانا'],
  'place_US-NJ': ['New Jersey', 'نيوجيرسي'],
  'place_US-NY': ['New York', 'نيويورك'],
  'place_US-OR': ['Oregon', 'أوريغون'],
  'place_US-RI': ['Rhode Island', 'رود آيلاند'],
  'place_US-VT': ['Vermont', 'فيرمونت'],
  'place_US-WA': ['Washington', 'واشنطن'],
  'place_CA-AB': ['Alberta', 'ألبرتا'],
  'place_CA-BC': ['British Columbia', 'كولومبيا البريطانية'],
  'place_CA-MB': ['Manitoba', 'مانيتوبا'],
  'place_CA-ON': ['Ontario', 'أونتاريو'],
  'place_CA-QC': ['Quebec', 'كيبك'],
});

/** The places that have rules in `docs/law.md`, those nearest to our shops first. */
export const PLACES =
  'SA AE US US-CA US-CO US-MA US-ME US-MT US-NJ US-NY US-OR US-RI US-VT US-WA CA CA-AB CA-BC CA-MB CA-ON CA-QC DE IE'.split(' ');

/** Codes that the browser has words for although nobody's law is there. */
const NO_COUNTRIES = /^(AA|EU|EZ|QO|UK|UN|X[ABC]|ZZ)$/;

const country = (code) => (/^[A-Z]{2}$/.test(code) ? new Intl.DisplayNames(lang(), { type: 'region', fallback: 'none' }).of(code) : undefined);

/** Whether there is such a country; what follows the hyphen is the server's to judge. */
export const isPlace = (code) => /^[A-Z]{2}(-[A-Z0-9]{1,3})?$/.test(code) && !NO_COUNTRIES.test(code.slice(0, 2)) && country(code.slice(0, 2)) !== undefined;

/** A place in words; a code that nothing is known of stands as it is. */
export function placeName(code) {
  const name = country(code.slice(0, 2));
  if (!name || NO_COUNTRIES.test(code)) return code;
  const [, part] = code.split('-');
  if (!part) return name;
  const own = `place_${code}`;
  return `${name} – ${t(own) === own ? part : t(own)}`;
}
