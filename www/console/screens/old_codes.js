// Codes of a former system: how they look, and what a shopper is told who types one at the checkout. A line to try a code out follows every key.

import { h } from '../../card/dom.js';
import { t } from '../../card/language.js';
import { field, input } from '../form.js';
import { symbolsOf } from '../old_cards.js';

/** What the server takes of the sentence. */
const MESSAGE_CHARS_MAX = 128;

const MEANS = { '#': '[0-9]', '?': '[A-Z0-9]' };

/** A pattern as a rule: `#` is a digit, `?` a letter or a digit, spaces and dashes do not count. `null` for one that means nothing. */
function ruleOf(pattern) {
  const symbols = symbolsOf(pattern);
  if (!/^[A-Z0-9#?]+$/.test(symbols)) return null;
  return new RegExp(`^${[...symbols].map((each) => MEANS[each] ?? each).join('')}$`);
}

/** The fields; `words` makes those of a sentence in both languages. `read` gives the setting, and `null` when nothing was written. */
export function oldCodeFields(value, words) {
  const lines = h('textarea', { rows: '3', dir: 'ltr', class: 'mono', spellcheck: 'false', on: { input: () => look() } });
  lines.value = (value?.patterns ?? []).join('\n');
  const patterns = field(t('old_patterns'), lines, { name: 'old_codes.patterns', hint: t('old_patterns_hint'), wide: true });
  const message = words(t('old_message'), 'old_codes.message', value?.message, { hint: t('old_message_hint'), maxlength: String(MESSAGE_CHARS_MAX) });
  const tried = input({ dir: 'ltr', class: 'mono', spellcheck: 'false', on: { input: () => look() } });
  const told = h('p', { class: 'quiet', role: 'status' });
  const written = () =>
    lines.value
      .split('\n')
      .map((each) => each.trim())
      .filter(Boolean);
  function look() {
    const code = symbolsOf(tried.value);
    const found = code && written().find((each) => ruleOf(each)?.test(code));
    told.textContent = !code ? '' : found ? t('old_try_yes', { pattern: `\u2066${found}\u2069` }) : t('old_try_no');
  }
  return {
    node: h(
      'section',
      { class: 'fields old-codes' },
      h('h2', {}, t('old_codes')),
      patterns,
      message.node,
      field(t('old_try'), tried, { hint: t('old_try_hint') }),
      told,
    ),
    read() {
      const [all, said] = [written(), message.read()];
      return all.length || said ? { patterns: all, message: said ?? {} } : null;
    },
  };
}
