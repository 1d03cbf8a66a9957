// Which language is spoken, and the words of each. A table of words has the English one first; `{name}` is a place for something else.

const KEY = 'raseed-language';
const KNOWN = ['ar', 'en'];
const tables = {};

function remembered() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/** The browser's languages decide until somebody chooses. */
function usual() {
  const [first] = navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase()).filter((tag) => KNOWN.includes(tag));
  return first ?? 'en';
}

let current = KNOWN.includes(remembered()) ? remembered() : usual();

export const lang = () => current;
export const other = () => (current === 'ar' ? 'en' : 'ar');

/** Speaks that language, in the page too. `chosen` by a person, it is remembered. */
export function speak(language, chosen = false) {
  current = KNOWN.includes(language) ? language : usual();
  if (chosen) {
    try {
      localStorage.setItem(KEY, current);
    } catch {
      // A browser that keeps nothing speaks it until the page is left.
    }
  }
  document.documentElement.lang = current;
  document.documentElement.dir = current === 'ar' ? 'rtl' : 'ltr';
}

/** Whether somebody has chosen a language before. */
export const wasChosen = () => KNOWN.includes(remembered());

export const learn = (words) => Object.assign(tables, words);

/** The words of that name, with what belongs into their places. */
export function t(name, places = {}) {
  const both = tables[name];
  if (!both) return name;
  return both[current === 'ar' ? 1 : 0].replace(/\{(\w+)\}/g, (whole, place) => places[place] ?? whole);
}

export const knows = (name) => name in tables;

/** What a shop wrote in both languages, in the one that is spoken. */
export const said = (words) => words?.[current] || words?.[other()] || '';
