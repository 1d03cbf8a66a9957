// Fields, messages and dialogs: each field has its label, its hint and its own place for what is wrong with it.

import { freshId, h, put } from '../card/dom.js';
import { t } from '../card/language.js';
import { explain, explainPage } from './refusals.js';

/** A field around a control. `name` is what the server calls it, so that a refusal finds it. */
export function field(label, control, { hint, name, wide } = {}) {
  const [id, told] = [freshId(), freshId()];
  control.id ||= id;
  const error = h('p', { class: 'error', id: told, hidden: true });
  const hintNode = hint ? h('p', { class: 'hint', id: `${told}-hint` }, hint) : null;
  const described = [hintNode && `${told}-hint`, told].filter(Boolean).join(' ');
  control.setAttribute('aria-describedby', described);
  const node = h('div', { class: wide ? 'field wide' : 'field', 'data-field': name }, h('label', { htmlFor: control.id }, label), control, hintNode, error);
  // What was wrong is no longer said of what is typed now.
  control.addEventListener('input', () => fail(control, error, null));
  return Object.assign(node, { control, fail: (text) => fail(control, error, text) });
}

function fail(control, error, text) {
  error.hidden = !text;
  put(error, text || '');
  if (text) control.setAttribute('aria-invalid', 'true');
  else control.removeAttribute('aria-invalid');
}

export const input = (attributes) => h('input', { type: 'text', autocomplete: 'off', ...attributes });

export function select(options, value, attributes) {
  const node = h(
    'select',
    attributes,
    options.map(([each, label]) => h('option', { value: each }, label)),
  );
  node.value = value;
  return h('div', { class: 'select' }, node);
}

/** A choice of one. Options are `[value, content]`; what is chosen is told to `change`. */
export function choice(legend, name, options, value, change, more = {}) {
  const group = freshId();
  return h(
    'fieldset',
    { class: `choice ${more.class ?? ''}`, 'data-field': name },
    h('legend', { class: more.quiet ? 'heard' : null }, legend),
    h(
      'div',
      { class: 'options' },
      options.map(([each, ...content]) =>
        h(
          'label',
          { class: 'option' },
          h('input', { type: 'radio', name: group, value: each, checked: each === value, on: { change: () => change(each) } }),
          ...content,
        ),
      ),
    ),
  );
}

export function check(label, checked, change, hint) {
  const id = freshId();
  return h(
    'div',
    { class: 'check' },
    h(
      'label',
      {},
      h('input', { type: 'checkbox', checked, 'aria-describedby': hint ? id : null, on: { change: ({ target }) => change?.(target.checked) } }),
      h('span', {}, label),
    ),
    hint ? h('p', { class: 'hint', id }, hint) : null,
  );
}

/** A place for what went wrong or well. It is read out when it is filled. */
export function notice() {
  const node = h('div', { class: 'notice', role: 'alert', hidden: true });
  return Object.assign(node, {
    say(text, tone = 'bad') {
      node.hidden = !text;
      node.dataset.tone = tone;
      put(node, text || '');
    },
  });
}

/** A button that shows that it is at work and takes no second press meanwhile. */
export function working(button, work) {
  button.addEventListener('click', async (event) => {
    event.preventDefault();
    if (button.ariaBusy === 'true') return;
    button.ariaBusy = 'true';
    try {
      await work();
    } finally {
      button.ariaBusy = 'false';
    }
  });
  return button;
}

export const button = (label, kind, work) => working(h('button', { type: 'button', class: `button ${kind}` }, label), work);

/** Takes back everything that was said of a form. */
export function clear(form, above) {
  above.say(null);
  for (const each of form.querySelectorAll('[data-field]')) each.fail?.(null);
}

/** Says a refusal at the field that it names, or above the form. */
export function refuse(form, above, problem) {
  clear(form, above);
  const named = problem.field && [...form.querySelectorAll('[data-field]')].find((each) => each.fail && fieldIs(each.dataset.field, problem.field));
  if (named) {
    named.fail(explain({ ...problem, near: true }));
    named.control.focus();
  } else {
    above.say(explain(problem));
  }
}

/** The same for a list or a report, which an older server may not have. */
export const refusePage = (form, above, answer) =>
  answer.status === 404 || answer.status === 405 ? above.say(explainPage(answer)) : refuse(form, above, answer.body);

const fieldIs = (own, told) => own === told || told.startsWith(`${own}.`) || told.startsWith(`${own}[`);

/**
 * Asks before something is done. `act` does it and returns the answer; the dialog stays open and says why when it was refused. Resolves to the answer, or to
 * `null` when it was given up. The focus goes back to where it was.
 */
export function dialog({ title, text, fields = [], confirm, danger = false, act, mayCancel = true }) {
  const [heading, above] = [freshId(), notice()];
  const node = h('dialog', { 'aria-labelledby': heading });
  return new Promise((resolve) => {
    let outcome = null;
    const go = h('button', { type: 'submit', class: danger ? 'button danger' : 'button main' }, confirm);
    const form = h(
      'form',
      { novalidate: true, on: { submit } },
      h('h2', { id: heading }, title),
      [text]
        .flat()
        .filter(Boolean)
        .map((each) => h('p', {}, each)),
      fields,
      above,
      h('div', { class: 'actions' }, mayCancel ? h('button', { type: 'button', class: 'button', on: { click: () => node.close() } }, t('cancel')) : null, go),
    );
    async function submit(event) {
      event.preventDefault();
      if (go.ariaBusy === 'true') return;
      go.ariaBusy = 'true';
      clear(form, above);
      const answer = await act();
      go.ariaBusy = 'false';
      if (!answer) return;
      if (answer.ok) {
        outcome = answer;
        node.close();
      } else {
        refuse(form, above, answer.body);
      }
    }
    node.append(form);
    node.addEventListener('close', () => {
      node.remove();
      resolve(outcome);
    });
    document.body.append(node);
    node.showModal();
    (form.querySelector('input:not([type=hidden]), select, textarea') ?? go).focus();
  });
}

/** Shows something that only has to be seen. */
export const inform = ({ title, text, fields }) => dialog({ title, text, fields, confirm: t('close'), mayCancel: false, act: async () => ({ ok: true }) });

/** Copies a text and says so on the button. */
export function copier(text, label = t('copy')) {
  const node = h('button', { type: 'button', class: 'button', on: { click: copy } }, label);
  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      return; // Refused by the browser; the text can still be selected.
    }
    put(node, t('copied'));
    tell(t('copied'));
    setTimeout(() => put(node, label), 2_000);
  }
  return node;
}

const heard = h('div', { class: 'heard', role: 'status' });
document.body.append(heard);

/** Says something to who cannot see it. */
export function tell(text) {
  heard.textContent = '';
  requestAnimationFrame(() => {
    heard.textContent = text;
  });
}

/** Hands a file to the browser. */
export function download(name, type, text) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  h('a', { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
