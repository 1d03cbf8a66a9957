// The one script tag: it fetches the Wasm, defines <raseed-checkout>, and stands in until the Wasm is there.
//
// In scope: the address of everything; the class that the platform wants (only JavaScript can extend HTMLElement); what needs a listener, a promise or
// the element itself, and what the platform may throw. The static form stands at once, at its final height, can be typed into, and stays when the Wasm
// does not come. Out of scope: everything that depends on a checkout. From `mount` on the Wasm decides, and owns the nodes
// and their words, but for the few that never change.
//
// Nothing here throws into the page, no listener outlives its element, and nothing is left behind but the element's definition.

import { imports, start as begin, Widget } from 'raseed-glue';
import css from './style.css';
import { figures } from './figures.js';
import { form } from './form.js';

const NAME = 'raseed-checkout';
const ATTRIBUTES = ['key', 'total', 'currency', 'reference', 'checkout', 'token', 'member-token', 'lang', 'numerals', 'theme'];
const script = document.currentScript;

// The title, also of a member, and the label stand here alone. The others stand here until the Wasm has come, and when it never does: they are the words
// of `copy.rs`; a test compares them.
const WORDS = {
  ar: {
    title: 'بطاقة هدية',
    member: 'بطاقة هدية أو نقاط',
    label: 'رمز بطاقة الهدية',
    apply: 'تطبيق',
    remaining: 'المتبقي للدفع',
    unreachable: 'تعذّر الاتصال بخدمة بطاقات الهدايا. ما زال بإمكانك الدفع بوسيلة أخرى.',
  },
  en: {
    title: 'Gift card',
    member: 'Gift card or points',
    label: 'Gift card code',
    apply: 'Apply',
    remaining: 'Remaining to pay',
    unreachable: 'We cannot reach the gift card service. You can still pay another way.',
  },
};

// A tag that stands twice starts once; an old copy of this script in another bundle counts as well.
if (script && !customElements.get(NAME)) start(script.src, script.dataset.key);

function start(address, defaultKey = '') {
  // The build says which Wasm belongs to this script; whatever else is sent is refused, so the two are never of two builds.
  const fetched = fetch(new URL(WASM.address, address), { credentials: 'omit', integrity: WASM.integrity });
  // Some in-app browsers offer streaming and fail at it, so the bytes are kept for a second try.
  const engine = fetched
    .then((response) => {
      if (!response.ok) throw new Error(response.statusText);
      const copy = response.clone();
      return WebAssembly.instantiateStreaming(response, imports).catch(async () => WebAssembly.instantiate(await copy.arrayBuffer(), imports));
    })
    .then(({ instance }) => begin(instance));
  // Whoever waits for it handles its failure; without an element nobody waits.
  engine.catch(() => {});

  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  define({ engine, sheet, defaultKey, api: new URL('../../', address).href });

  // Once the whole page is known. A page that only brings a key mounts its element itself, perhaps later.
  const place = () => {
    if (document.querySelector(NAME) || !(script.dataset.total || script.dataset.checkout)) return;
    const element = document.createElement(NAME);
    for (const { name, value } of script.attributes) {
      if (name.startsWith('data-')) element.setAttribute(name.slice(5), value);
    }
    script.after(element);
  };
  if (document.readyState === 'loading') addEventListener('DOMContentLoaded', place);
  else place();
}

function define({ engine, sheet, defaultKey, api }) {
  class RaseedCheckout extends HTMLElement {
    static formAssociated = true;
    static observedAttributes = ATTRIBUTES;

    #internals = this.attachInternals();
    #parts = form.panel(this.attachShadow({ mode: 'open' }));
    #figures;
    #learnt = {};
    #answer;
    #widget;
    #failed = false;
    #told = false;
    #applyOnMount = false;
    #page;

    // Resolves with the element when it has reached its first lasting state, also when that is "not available".
    ready = new Promise((resolve) => {
      this.addEventListener('raseed-ready', () => resolve(this), { once: true });
    });

    constructor() {
      super();
      this.shadowRoot.adoptedStyleSheets = [sheet];
      // All listeners of the form: they go with the element, and they hear what is done before the Wasm is there.
      for (const name of ['click', 'keydown', 'input', 'change', 'compositionend']) {
        this.shadowRoot.addEventListener(name, (event) => this.#hear(event));
      }
    }

    connectedCallback() {
      this.#speak();
      if (!this.#widget) this.#reserve();
      if (!this.#page) {
        this.#page = new AbortController();
        const { signal } = this.#page;
        addEventListener('online', () => this.#widget?.attributes_changed(true), { signal });
        addEventListener('pageshow', ({ persisted }) => persisted && this.#widget?.attributes_changed(true), { signal });
      }
      engine.then(() => this.#mount()).catch(() => this.#fail());
    }

    // A move disconnects and connects in one go; only what stays away is put to rest.
    disconnectedCallback() {
      setTimeout(() => this.isConnected || this.#rest());
    }

    // Frameworks set attributes one by one; they are read together.
    attributeChangedCallback() {
      if (this.#told || !this.isConnected) return;
      this.#told = true;
      queueMicrotask(() => {
        this.#told = false;
        this.#speak();
        this.#widget?.attributes_changed(false);
      });
    }

    formResetCallback() {
      this.#widget?.reset();
    }

    /** Reads the checkout again; `total` (minor units) is what the order costs now. */
    refresh(order) {
      if (order?.total !== undefined) this.setAttribute('total', order.total);
      this.#widget?.attributes_changed(true);
    }

    /** Takes every tender off: a page-made checkout is forgotten and another one started. */
    clear() {
      this.#widget?.clear();
    }

    /** What the checkout pays, as the server last said; null before. */
    get quote() {
      return this.#widget?.knows() ? { ...this.#learnt } : null;
    }

    #mount() {
      if (this.#widget || !this.isConnected) return;
      this.#widget = new Widget(this.#shell());
      this.#widget.attributes_changed(false);
      // What was typed and pressed before.
      if (this.#parts.code.value) this.#widget.typed(this.#parts.code.selectionEnd, false);
      if (this.#applyOnMount) this.#widget.apply();
      this.#applyOnMount = false;
    }

    // Room for the rows of the last visit, so that they do not push the page when they come. An element that comes back starts from there, too.
    #reserve() {
      this.#parts.tenders.replaceChildren();
      this.#parts.bar.replaceChildren();
      for (let rows = Math.min(kept(this.#record(), 4), 10); rows > 0; rows -= 1) form.set(form.row(this.#parts), 'tender', 'data-is', 'reserved');
    }

    #attribute(name) {
      return this.getAttribute(name) ?? (name === 'key' ? defaultKey : '');
    }

    // What tells this checkout from others, and what the session storage keeps it under.
    #record() {
      const member = this.#attribute('member-token');
      const names = this.getAttribute('checkout') ? ['checkout'] : ['key', 'reference', 'currency'];
      return ['raseed', ...names.map((name) => this.#attribute(name)), ...(member && names[1] ? [mark(member)] : [])].join(':');
    }

    // What the Wasm may ask of the element and of the platform.
    #shell() {
      const { panel, code, entry } = this.#parts;
      return {
        ...form,
        parts: this.#parts,
        attribute: (name) => this.#attribute(name),
        record: () => this.#record(),
        // Whether it is Arabic.
        locale: (exponent) => {
          const currency = this.quote?.currency ?? this.#attribute('currency');
          const wanted = [panel.lang, this.#attribute('numerals'), currency, exponent];
          // A formatter costs far more to build than to use.
          if (wanted.join() !== this.#figures?.wanted) this.#figures = { ...figures(...wanted), wanted: wanted.join() };
          return this.#figures.arabic;
        },
        money: (parts, name, decimal) => form.money(parts, name, this.#figures.money(decimal)),
        amount: (decimal) => this.#figures.amount(decimal),
        count: (number) => this.#figures.count(number),
        counted: (number, forms) => this.#figures.counted(number, forms),
        date: (ms) => this.#figures.date(ms),
        typed: () => code.value,
        retype: (text, caret) => {
          code.value = text;
          code.setSelectionRange(caret, caret);
        },
        focused: () => entry.matches(':focus-within'),
        answered: (path) => `${this.#answered(path) ?? ''}`,
        // What ends in `_at` is a moment.
        number: (path) => {
          const value = this.#answered(path);
          return path.endsWith('_at') ? Date.parse(value) : typeof value === 'number' ? value : NaN;
        },
        // A refusal may bring a quote, but no id.
        learn: () => {
          const { id = this.#learnt.checkout, quote } = this.#answer;
          this.#learnt = { checkout: id, ...quote };
        },
        ask: (...request) => void this.#ask(...request),
        tell: (name, code, retryable) => this.#tell(name, code ? { code, retryable } : this.quote),
        submit: (value) => this.#internals.setFormValue(value ?? null),
        chance: () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join(''),
        kept,
        keep,
      };
    }

    #rest() {
      this.#page?.abort();
      this.#page = undefined;
      this.#widget?.free();
      this.#widget = undefined;
    }

    // One request. It always ends: with a status and what was read, or with 0. An element that was put to rest meanwhile is not told.
    async #ask(ticket, method, path, bearer, key, body, delay, limit) {
      const widget = this.#widget;
      const headers = { authorization: `Bearer ${bearer}` };
      if (key) headers['idempotency-key'] = key;
      if (body) headers['content-type'] = 'application/json';
      let status = 0;
      let answer;
      try {
        if (delay) await new Promise((resolve) => setTimeout(resolve, delay));
        const response = await fetch(`${api}v1/checkouts${path.split('/').map(encodeURIComponent).join('/')}`, {
          method,
          headers,
          body: body || undefined,
          cache: 'no-store',
          credentials: 'omit',
          signal: AbortSignal.timeout(limit),
        });
        answer = await response.json();
        status = response.status;
      } catch {
        // No answer in time, none at all, or none that can be read.
      }
      if (widget !== this.#widget) return;
      this.#answer = answer;
      widget?.ended(ticket, status);
    }

    // What stands there in the newest answer.
    #answered(path) {
      return path.split('.').reduce((inner, name) => inner?.[name], this.#answer);
    }

    #tell(name, detail) {
      this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
    }

    #hear(event) {
      const { type, target, key } = event;
      const { code, apply } = this.#parts;
      // Whoever composes a character is not done typing it.
      if (event.isComposing) return;
      if (type === 'click' && target === apply) this.#apply();
      else if (type === 'click' && target.dataset.tender) this.#widget?.remove(target.dataset.tender);
      else if (type === 'keydown' && target === code && key === 'Enter') {
        // Enter applies the code; it never sends the shop's form. Held down, it is still one press.
        event.preventDefault();
        if (!event.repeat) this.#apply();
      } else if (target.id.startsWith('points-')) {
        this.#turn(event);
      } else if (target === code && (type === 'input' || type === 'compositionend')) {
        this.#widget?.typed(code.selectionEnd, event.inputType === 'deleteContentForward');
      }
    }

    // A tick of the slider and a letter in the box show what they would mean; only when they are done they are a wish.
    #turn(event) {
      const { type, key, target } = event;
      const { id, value } = target;
      const { value: place, max } = this.#parts['points-range'];
      // A button moves the slider.
      const moved = { 'points-less': place - 1, 'points-more': +place + 1, 'points-none': 0, 'points-all': max }[id];
      const typed = id === 'points-field';
      const entered = typed && key === 'Enter';
      if (entered) event.preventDefault();
      const done = entered || type === (moved === undefined ? 'change' : 'click');
      if (done || (type === 'input' && moved === undefined)) this.#widget?.points(`${moved ?? value}`, typed, done);
    }

    #apply() {
      if (this.#widget) return this.#widget.apply();
      if (this.#failed) return this.#fail();
      this.#applyOnMount = true;
      this.#parts.apply.setAttribute('aria-busy', 'true');
    }

    // The one place that chooses language and direction; the Wasm reads them from the panel. The words that never change are written here.
    #speak() {
      const { panel, title, label, apply, message, remaining, bar } = this.#parts;
      panel.lang = this.closest('[lang]')?.lang || document.documentElement.lang || 'en';
      panel.dir = /^ar\b/i.test(panel.lang) ? 'rtl' : 'ltr';
      // A member has points, most likely: room is kept for them.
      panel.toggleAttribute('data-member', this.#attribute('member-token') !== '');
      const words = this.#words;
      title.textContent = panel.dataset.member === '' ? words.member : words.title;
      label.textContent = words.label;
      remaining.textContent = words.remaining;
      if (this.#widget) return;
      apply.textContent = words.apply;
      bar.setAttribute('aria-label', words.remaining);
      if (this.#failed) message.textContent = words.unreachable;
    }

    get #words() {
      return this.#parts.panel.dir === 'rtl' ? WORDS.ar : WORDS.en;
    }

    // No Wasm: the policy of the page or the network refused it. The form says so, and the shop's own form goes on.
    #fail() {
      const { apply, message } = this.#parts;
      apply.setAttribute('aria-busy', 'false');
      message.textContent = this.#words.unreachable;
      if (this.#failed) return;
      this.#failed = true;
      this.#tell('raseed-error', { code: 'unavailable', retryable: false });
      this.#tell('raseed-ready', null);
    }
  }
  customElements.define(NAME, RaseedCheckout);
}

// What tells one member's token from another's, and gives nothing of it away.
function mark(token) {
  return [...token].reduce((hash, letter) => (Math.imul(hash, 31) + letter.codePointAt(0)) | 0, 0);
}

// The session storage, where the page and the shopper allow it.
function kept(name, place) {
  try {
    return String(JSON.parse(sessionStorage.getItem(name))[place]);
  } catch {
    return '';
  }
}

function keep(name, ...record) {
  try {
    sessionStorage.setItem(name, JSON.stringify(record));
  } catch {
    // Nothing outlives the page then.
  }
}
