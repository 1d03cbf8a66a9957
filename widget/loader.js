// The one script tag: it fetches the Wasm, defines <raseed-checkout>, and stands in until the Wasm is there.
//
// In scope: the address of everything; the class that the platform wants (only JavaScript can extend HTMLElement); what needs a listener or the element
// itself. The static form stands at once, at its final height, can be typed into, and stays when the Wasm does not come. Out of scope: what the Wasm asks
// (`shell.js`), and everything that depends on a checkout. From `mount` on the Wasm decides, and owns the nodes and their words, but for the few that
// never change.
//
// Nothing here throws into the page, no listener outlives its element, and nothing is left behind but the element's definition.

import * as wasm from 'raseed-glue';
import css from './style.css';
import { form } from './form.js';
import { call, lend } from './shell.js';

const NAME = 'raseed-checkout';
const ATTRIBUTES = ['key', 'total', 'currency', 'reference', 'checkout', 'token', 'member-token', 'lang', 'numerals', 'theme'];
// How long a shopper who pressed Apply waits for the Wasm before there is a word. Five seconds without one are too many.
const PATIENCE_MS = 4500;
const LATE = 'late';
const NEVER = 'never';
const script = document.currentScript;

// The title, also of a member, and the label stand here alone. The others stand here until the Wasm has come, and when it never does: they are the words
// of `copy.rs`; a test compares them.
const WORDS = {
  ar: {
    title: 'بطاقة هدية',
    member: 'بطاقة هدية أو نقاط',
    label: 'رمز بطاقة الهدية',
    apply: 'تطبيق',
    applying: 'جارٍ التحقق…',
    remaining: 'المتبقي للدفع',
    unreachable: 'تعذّر الاتصال بخدمة بطاقات الهدايا. ما زال بإمكانك الدفع بوسيلة أخرى.',
  },
  en: {
    title: 'Gift card',
    member: 'Gift card or points',
    label: 'Gift card code',
    apply: 'Apply',
    applying: 'Checking…',
    remaining: 'Remaining to pay',
    unreachable: 'We cannot reach the gift card service. You can still pay another way.',
  },
};

// A tag that stands twice starts once; an old copy of this script in another bundle counts as well.
if (script && !customElements.get(NAME)) {
  try {
    start(script.src, script.dataset.key);
  } catch {
    // An engine that lacks what this needs: the page is as if the script were not there.
  }
}

function start(address, defaultKey = '') {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  if (!HTMLElement.prototype.attachInternals) return;
  // The build says which Wasm belongs to this script; whatever else is sent is refused, so the two are never of two builds.
  const fetched = fetch(new URL(WASM.address, address), { credentials: 'omit', integrity: WASM.integrity });
  // Some in-app browsers offer streaming and fail at it, so the bytes are kept for a second try.
  const engine = fetched
    .then((response) => {
      if (!response.ok) throw new Error(response.statusText);
      const copy = response.clone();
      return WebAssembly.instantiateStreaming(response, wasm.imports).catch(async () => WebAssembly.instantiate(await copy.arrayBuffer(), wasm.imports));
    })
    .then(({ instance }) => wasm.start(instance));
  // Whoever waits for it handles its failure; without an element nobody waits.
  engine.catch(() => {});

  define({ engine, sheet, defaultKey, api: new URL('../../', address).href });

  // Once the whole page is known. A page that only brings a key mounts its element itself, perhaps later.
  const place = () => {
    if (document.querySelector(NAME) || !(script.dataset.total || script.dataset.checkout)) return;
    const element = document.createElement(NAME);
    for (const { name, value } of script.attributes) {
      if (name.startsWith('data-')) element.setAttribute(name.slice(5), value);
    }
    // What stands in the head is not shown.
    if (script.closest('body')) script.after(element);
    else document.body?.append(element);
  };
  if (document.readyState === 'loading') addEventListener('DOMContentLoaded', place);
  else place();
}

function define({ engine, sheet, defaultKey, api }) {
  // Those in the page. Elements of one order hear of each other's cards.
  const elements = new Set();

  class RaseedCheckout extends HTMLElement {
    static formAssociated = true;
    static observedAttributes = ATTRIBUTES;

    #parts = form.panel(this.attachShadow({ mode: 'open' }));
    // What the Wasm may ask, and the number of its `widget` while there is one.
    #shell = lend({
      api,
      host: this,
      internals: this.attachInternals(),
      parts: this.#parts,
      attribute: (name) => this.#attribute(name),
      record: () => this.#record(),
      publish: (name, detail) => this.#tell(name, detail),
    });
    // The Wasm keeps somebody waiting (`LATE`), or it does not come (`NEVER`).
    #failed = '';
    #told = false;
    // Somebody pressed Apply before the Wasm was there, and has been waiting since; the timer's number.
    #pressed = 0;
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
      elements.add(this);
      // What was changed while it was away, or is inherited here, is read now.
      if (!this.#shell.widget) this.#reserve();
      this.#call(wasm.widget_attributes_changed);
      if (!this.#page) {
        this.#page = new AbortController();
        const { signal } = this.#page;
        addEventListener('online', () => this.refresh(), { signal });
        addEventListener('pageshow', ({ persisted }) => persisted && this.refresh(), { signal });
        // A page that changes its language does so at its root.
        const observer = new MutationObserver(() => this.attributeChangedCallback());
        observer.observe(document.documentElement, { attributeFilter: ['lang'] });
        signal.addEventListener('abort', () => observer.disconnect());
      }
      engine.then(() => this.#mount()).catch(() => this.#fail(NEVER));
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
        this.#call(wasm.widget_attributes_changed);
      });
    }

    // The page took its form, or the part with the element in it, out of use.
    formDisabledCallback(disabled) {
      this.#parts.panel.inert = disabled;
    }

    formResetCallback() {
      this.#call(wasm.widget_reset);
    }

    /** Reads the checkout again; `total` (minor units) is what the order costs now. */
    refresh(order) {
      if (order?.total !== undefined) this.setAttribute('total', order.total);
      this.#call(wasm.widget_refresh);
    }

    /** Takes every tender off: a page-made checkout is forgotten and another one started. */
    clear() {
      for (const element of [this, ...this.#twins]) element.#call(wasm.widget_clear);
    }

    /** What the checkout pays, as the server last said; null before, and after a checkout was given up. */
    get quote() {
      return structuredClone(this.#shell.learnt);
    }

    #call(...what) {
      call(this.#shell, ...what);
    }

    #mount() {
      if (this.#shell.widget || !this.isConnected) return;
      this.#failed = '';
      this.#shell.widget = wasm.widget_open();
      this.#call(wasm.widget_attributes_changed);
      // What was typed and pressed before.
      if (this.#parts.code.value) this.#call(wasm.widget_typed, this.#parts.code.selectionEnd, false);
      if (!this.#pressed) return;
      this.#calm();
      this.#call(wasm.widget_apply);
      // What was typed is no code: nothing is being checked.
      const { apply, said } = this.#parts;
      if (apply.getAttribute('aria-busy') === 'false') said.textContent = '';
    }

    // Room for the rows of the last visit, as high as they were, so that they do not push the page when they come. An element that comes back starts from
    // there, too.
    #reserve() {
      const { tenders, bar } = this.#parts;
      tenders.replaceChildren();
      bar.replaceChildren();
      const height = this.#shell.kept(this.#record(), 4);
      if (height > 0) this.#shell.reserve(height);
    }

    #attribute(name) {
      return this.getAttribute(name) ?? (name === 'key' ? defaultKey : '');
    }

    // Where the totals differ, each would set its own, and the other would set it back.
    get #twins() {
      const order = (element) => `${element.#attribute('total')}:${element.#record()}`;
      return [...elements].filter((element) => element !== this && order(element) === order(this));
    }

    // What tells this checkout from others, and what the session storage keeps it under.
    #record() {
      const member = this.#attribute('member-token');
      const names = this.getAttribute('checkout') ? ['checkout'] : ['key', 'reference', 'currency'];
      return ['raseed', ...names.map((name) => this.#attribute(name)), ...(member && names[1] ? [mark(member)] : [])].join(':');
    }

    #rest() {
      elements.delete(this);
      this.#page?.abort();
      this.#page = undefined;
      if (this.#shell.widget) wasm.widget_close(this.#shell.widget);
      this.#shell.widget = 0;
      this.#shell.learnt = null;
    }

    #tell(name, detail) {
      this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
      if (name === 'raseed-change') for (const element of this.#twins) element.refresh();
    }

    #hear(event) {
      const { type, target, key } = event;
      const { code, apply } = this.#parts;
      // Whoever composes a character is not done typing it.
      if (event.isComposing) return;
      if (type === 'click' && target === apply) this.#apply();
      // A second click, or Enter held down, would meet the row that has just moved here.
      else if (type === 'click' && target.dataset.tender) event.detail > 1 || this.#call(wasm.widget_remove, target.dataset.tender);
      else if (type === 'keydown' && target.dataset.tender) key === 'Enter' && event.repeat && event.preventDefault();
      else if (type === 'keydown' && target === code && key === 'Enter') {
        // Enter applies the code; it never sends the shop's form. Held down, it is still one press.
        event.preventDefault();
        if (!event.repeat) this.#apply();
      } else if (target.id.startsWith('points-')) {
        this.#turn(event);
      } else if (target === code && (type === 'input' || type === 'compositionend')) {
        this.#call(wasm.widget_typed, code.selectionEnd, event.inputType === 'deleteContentForward');
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
      if (done || (type === 'input' && moved === undefined)) {
        this.#call(wasm.widget_points, `${moved ?? value}`, typed, done);
      }
    }

    #apply() {
      if (this.#shell.widget) return this.#call(wasm.widget_apply);
      if (this.#failed === NEVER) return this.#fail(NEVER);
      if (this.#pressed) return;
      this.#failed = '';
      this.#pressed = setTimeout(() => this.#fail(LATE), PATIENCE_MS);
      this.#parts.message.textContent = '';
      this.#parts.said.textContent = this.#words.applying;
      this.#speak();
    }

    #calm() {
      clearTimeout(this.#pressed);
      this.#pressed = 0;
    }

    // The one place that chooses language and direction; the Wasm reads them from the panel. The words that never change are written here.
    #speak() {
      const { panel, title, label, apply, message, remaining, bar } = this.#parts;
      let tag;
      // An element in another one's shadow inherits from that one.
      for (let node = this; node && !tag; node = node.getRootNode().host) tag = node.closest('[lang]')?.lang.replaceAll('_', '-');
      // The language that the words are in, however the page spells it.
      panel.lang = /^(ar|en)(?![a-z])/i.test(tag) ? tag : 'en';
      panel.dir = /^ar/i.test(panel.lang) ? 'rtl' : 'ltr';
      // A member has points, most likely: room is kept for them.
      panel.toggleAttribute('data-member', this.#attribute('member-token') !== '');
      const words = this.#words;
      title.textContent = panel.dataset.member === '' ? words.member : words.title;
      label.textContent = words.label;
      remaining.textContent = words.remaining;
      if (this.#shell.widget) return;
      apply.textContent = this.#pressed ? words.applying : words.apply;
      apply.setAttribute('aria-busy', this.#pressed > 0);
      bar.setAttribute('aria-label', words.remaining);
      if (this.#failed) message.textContent = words.unreachable;
    }

    get #words() {
      return this.#parts.panel.dir === 'rtl' ? WORDS.ar : WORDS.en;
    }

    // No Wasm: the policy of the page or the network refused it, or somebody has waited long enough. The form says so, and the shop's own form goes on. A
    // Wasm that comes after all takes over, and leaves it to the shopper to press again.
    #fail(how) {
      const known = this.#failed === NEVER;
      this.#failed = how;
      this.#calm();
      this.#parts.said.textContent = '';
      this.#speak();
      if (known) return;
      this.#tell('raseed-error', { code: 'unavailable', retryable: how === LATE });
      if (how === NEVER) this.#tell('raseed-ready', null);
    }
  }
  customElements.define(NAME, RaseedCheckout);
}

// What tells one member's token from another's, and gives nothing of it away.
function mark(token) {
  return [...token].reduce((hash, letter) => (Math.imul(hash, 31) + letter.codePointAt(0)) | 0, 0);
}
