// Signing in with both factors. The key stays in this page's memory, so that whoever's session has ended needs only the next six digits.

import { h, put } from '../../card/dom.js';
import { latin } from '../../card/figures.js';
import { other, speak, t } from '../../card/language.js';
import { open } from '../api.js';
import { field, input, notice } from '../form.js';
import { explain } from '../refusals.js';

let known = '';

/** Fills the page with the form; resolves when there is a session. `changed` is called when another language was chosen. */
export function signIn(frame, changed) {
  return new Promise((resolve) => {
    const language = h(
      'button',
      {
        type: 'button',
        class: 'button plain',
        lang: other(),
        on: {
          click: () => {
            speak(other(), true);
            changed();
          },
        },
      },
      t('language'),
    );
    put(
      frame,
      h(
        'main',
        { class: 'sign-in' },
        h(
          'div',
          { class: 'panel' },
          h('span', { class: 'logo large', 'aria-hidden': 'true' }),
          h('h1', {}, t('sign_in_title')),
          h('p', { class: 'quiet' }, t('sign_in_lead')),
          form(resolve),
        ),
        language,
      ),
    );
    document.title = `${t('sign_in_title')} · ${t('console')}`;
    document.documentElement.dataset.shown = 'sign-in';
    frame.querySelector('[name=key]').focus();
  });
}

/** The same over what somebody was doing. */
export function signInAgain(code) {
  return new Promise((resolve) => {
    if (code === 'key_revoked') known = '';
    const node = h('dialog', { 'aria-labelledby': 'again', on: { cancel: (event) => event.preventDefault() } });
    const done = () => {
      node.close();
      node.remove();
      resolve();
    };
    node.append(h('h2', { id: 'again' }, t('sign_in_again')), h('p', {}, code === 'key_revoked' ? t('r_key_revoked') : t('sign_in_again_lead')), form(done));
    document.body.append(node);
    node.showModal();
    node.querySelector(known ? '[name=totp]' : '[name=key]').focus();
  });
}

function form(done) {
  const above = notice();
  // Password managers keep the key when it looks like one.
  const key = field(
    t('console_key'),
    input({ type: 'password', name: 'key', autocomplete: 'current-password', spellcheck: 'false', value: known, dir: 'ltr' }),
    { hint: t('console_key_hint') },
  );
  const totp = field(t('totp'), input({ name: 'totp', inputmode: 'numeric', autocomplete: 'one-time-code', maxlength: '11', dir: 'ltr', class: 'digits' }));
  const go = h('button', { type: 'submit', class: 'button main wide' }, t('sign_in_title'));
  const user = h('input', { type: 'text', name: 'username', autocomplete: 'username', value: 'raseed', hidden: true });
  return h('form', { novalidate: true, on: { submit } }, user, key, totp, above, go);

  async function submit(event) {
    event.preventDefault();
    if (go.ariaBusy === 'true') return;
    const digits = latin(totp.control.value).replace(/\D/g, '');
    const typed = key.control.value.trim();
    key.fail(typed ? null : t('key_empty'));
    totp.fail(digits.length === 6 ? null : t('totp_short'));
    above.say(null);
    if (!typed || digits.length !== 6) return (typed ? totp : key).control.focus();
    go.ariaBusy = 'true';
    const problem = await open(typed, digits);
    go.ariaBusy = 'false';
    if (!problem) {
      known = typed;
      return done();
    }
    const code = problem.code === 'key_scope' ? { code: 'sign_in_scope' } : problem;
    if (problem.code === 'totp_invalid') {
      totp.fail(explain(code));
      totp.control.select();
    } else if (/^key_/.test(problem.code) || problem.field === 'key') {
      key.fail(explain(code));
      key.control.focus();
    } else {
      above.say(explain(code));
    }
  }
}
