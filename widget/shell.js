// What the Wasm may ask of one element and of the platform, and the one way to call it.
//
// In scope: requests and their answers, the session storage, numbers, the form's value; nodes are `form.js`, how numbers look `figures.js`. What the
// platform may throw is caught here. Out of scope: when an element is mounted and put to rest, and what it hears (`loader.js`).
//
// Requests carry no cookies, and a token or a code stands in a header or a body, never in an address. The Wasm holds no object: it asks `shell`, which is
// the one of the element that it was called for.

import { widget_ended } from 'raseed-glue';
import { figures } from './figures.js';
import { form } from './form.js';

// A shopper who waited five seconds must have been told something.
const TIMEOUT_MS = 4500;

export let shell;

const calls = [];
// Elements of one order in one page pay with one checkout, so that no card stands in two: who starts at the same time starts the same one.
const starts = new Map();

/**
 * Calls the Wasm for an element, unless it is at rest: with the element's shell, a function of the Wasm, and what else that wants. What is called
 * meanwhile, such as by a listener of the page, waits its turn.
 */
export function call(...what) {
  // Whoever is being served stays first in line.
  if (calls.push(what) > 1) return;
  for (; calls.length; calls.shift()) {
    const [next, method, ...values] = calls[0];
    shell = next;
    try {
      if (shell.widget) method(shell.widget, ...values);
    } catch (error) {
      reportError(error);
    }
  }
}

/** The shell of an element. `own`: its `host`, `internals` and `parts`, its `attribute(name)` and `record()`, how it tells the page, and the `api`. */
export function lend(own) {
  return {
    ...form,
    ...own,
    // Nodes by name; those of the panel come first.
    rows: [own.parts],
    // What the page may know: nothing before the first answer, and nothing after a checkout was given up.
    learnt: null,
    has(name) {
      return this.host.hasAttribute(name);
    },
    warn(name) {
      console.warn(`<${this.host.localName}>: the attribute "${name}" cannot be read: "${this.attribute(name)}"`);
    },
    // Whether it is Arabic.
    locale(currency, exponent) {
      const wanted = [this.parts.panel.lang, this.attribute('numerals'), currency, exponent];
      // A formatter costs far more to build than to use.
      if (`${wanted}` !== this.wanted) Object.assign(this, figures(...wanted), { wanted: `${wanted}` });
      return this.arabic;
    },
    value(name) {
      return this.parts[name].value;
    },
    retype(text, caret) {
      const { code } = this.parts;
      code.value = text;
      code.setSelectionRange(caret, caret);
    },
    has_focus(selector) {
      return !!this.parts.panel.querySelector(`:is(${selector}):focus-within`);
    },
    digits: (number) => `${number}`,
    // What stands there in the newest answer.
    at(path) {
      return path.split('.').reduce((inner, name) => inner?.[name], this.answer);
    },
    // As text; words in both languages as `copy.rs` has them, and those of a list as one text.
    answered(path) {
      const found = this.at(path) ?? '';
      const all = [found].flat();
      return all[0]?.en ? ['en', 'ar'].map((language) => all.map((each) => each[language]).join(' ')).join('\t') : `${found}`;
    },
    // What ends in `_at` is a moment.
    number(path) {
      const value = this.at(path);
      return path.endsWith('_at') ? Date.parse(value) : typeof value === 'number' ? value : NaN;
    },
    // What the form submits, whether there is a checkout at all, and whether the newest answer says how it is. A refusal may bring a quote, but no id.
    show(value, known, learns) {
      this.internals.setFormValue(value || null);
      const { id = this.learnt?.checkout, quote } = (learns && this.answer) || {};
      if (quote) this.learnt = { checkout: id, ...quote };
      if (!known) this.learnt = null;
    },
    tell(name, code, retryable) {
      // What is missing may still come, so nobody has been told of it yet.
      if (name === 'raseed-ready') this.settle();
      if (code === 'field_invalid') for (const each of ['key', 'total', 'currency', 'reference']) this.attribute(each) || this.has(each) || this.warn(each);
      this.publish(name, code ? { code, retryable } : structuredClone(this.learnt));
    },
    // One request: a name, the checkout's id, whose right it is, the key of an apply that went out before, and what it is about; the last three only to start.
    // It always ends: with a status and what was read, or with 0. An element that was put to rest meanwhile is not told.
    async ask(ticket, name, id, bearer, key, value, currency, reference, member, delay) {
      const { widget } = this;
      const [method, path, body] = {
        start: ['POST', [], { total: +value, currency, reference, member: member || undefined }],
        read: ['GET', [id]],
        patch: ['PATCH', [id], { total: +value }],
        apply: ['POST', [id, 'tenders'], { gift_card: { code: value } }],
        points: ['POST', [id, 'tenders'], { points: { points: +value } }],
        remove: ['DELETE', [id, 'tenders', value]],
      }[name];
      const headers = { authorization: `Bearer ${bearer}` };
      if (method === 'POST') headers['idempotency-key'] = key || this.chance();
      if (body) headers['content-type'] = 'application/json';
      const send = async () => {
        const response = await fetch([`${this.api}v1/checkouts`, ...path.map(encodeURIComponent)].join('/'), {
          method,
          headers,
          body: JSON.stringify(body),
          cache: 'no-store',
          credentials: 'omit',
          signal: AbortSignal.timeout(TIMEOUT_MS),
        });
        return [response.status, await response.json()];
      };
      let answer = [0];
      try {
        if (delay) await new Promise((resolve) => setTimeout(resolve, delay));
        if (id) answer = await send();
        else {
          const record = this.record();
          if (!starts.has(record)) starts.set(record, send().finally(() => starts.delete(record)));
          answer = await starts.get(record);
        }
      } catch {
        // No answer in time, none at all, or none that can be read.
      }
      if (widget !== this.widget) return;
      call(this, (number) => {
        // A refusal says nothing of the shop's old codes.
        this.answer = { old_codes: this.answer?.old_codes, ...answer[1] };
        widget_ended(number, ticket, answer[0]);
      });
    },
    chance: () => crypto.getRandomValues(new Uint32Array(4)).join('-'),
    // The session storage, where the page and the shopper allow it.
    kept(name, place) {
      try {
        return String(JSON.parse(sessionStorage.getItem(name))[place]);
      } catch {
        return '';
      }
    },
    keep(name, ...record) {
      try {
        sessionStorage.setItem(name, JSON.stringify([...record, this.height()]));
      } catch {
        // Nothing outlives the page then.
      }
    },
  };
}
