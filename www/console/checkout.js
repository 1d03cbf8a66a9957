// A checkout as shoppers of this deployment meet it: the element that it serves, in a frame of the console, with a server that is made up on this page. It
// shows the order that the console describes and follows it without being loaded again.
//
// In: `{total, currency, card, minimum, isShort, old_codes, lang, theme}` from the console that frames it, and from nobody else. Out: `{height}` when it is
// another, `{shown}` when an order is, `{failed}` when this browser cannot show any. The element's own rules are the widget's; what a server answers,
// `answers.js` says.

import { answer } from '../theme/answers.js';
import { apply, CODE } from '../theme/shopper.js';

const NAME = 'raseed-checkout';
const SCRIPT = '/widget/v1/raseed.js';

/** Orders that are still answered for: the one that is shown, and those that somebody's typing has overtaken. */
const ORDERS_KEPT = 20;

const tell = (what) => parent.postMessage(what, location.origin);

// What is made up leaves nothing behind: to the element this browser keeps nothing.
Object.defineProperty(window, 'sessionStorage', { value: null });

const states = [];
answer({ edge: location.origin, states });

const loaded = new Promise((done, failed) => {
  const script = document.createElement('script');
  script.src = SCRIPT;
  script.addEventListener('load', () => (customElements.get(NAME) ? done() : failed(new Error('the element is not defined'))));
  script.addEventListener('error', () => failed(new Error('the script did not come')));
  document.head.append(script);
});

let host = null;
let asked = '';
let newest = 0;
let isBroken = false;

/** What the made-up server knows of an order, under the token that its element has. */
function stateOf({ total, currency, card, minimum, isShort, old_codes }, id) {
  const refusal = { status: 409, code: 'min_spend_not_met', retryable: false, minimum, currency };
  const brings = (last4) => (isShort ? refusal : { ...card, last4 });
  return { id, total, currency, status: 'open', cards: isShort ? [] : [card], brings, old_codes };
}

/** Shows an order. Its element stands hidden until it is as a shopper would see it, so that nothing flickers while somebody types. */
async function show(order) {
  const { total, currency, isShort, lang, theme } = order;
  const own = (newest += 1);
  states.push(stateOf(order, `ct_${own}`));
  states.splice(0, states.length - ORDERS_KEPT);
  const next = document.createElement(NAME);
  const attributes = { checkout: `co_${own}`, token: `ct_${own}`, reference: 'preview', total, currency, lang, theme };
  for (const [name, value] of Object.entries(attributes)) next.setAttribute(name, value);
  next.classList.add('waiting');
  document.body.append(next);
  await next.ready;
  if (isShort) await apply(next, CODE);
  if (own !== newest) return next.remove();
  if (isBroken) return undefined;
  host?.remove();
  host = next;
  host.classList.remove('waiting');
  measure();
  return tell({ shown: true });
}

function speak({ lang, theme }) {
  const root = document.documentElement;
  Object.assign(root, { lang, dir: lang === 'ar' ? 'rtl' : 'ltr' });
  root.style.colorScheme = theme;
  for (const each of document.querySelectorAll(NAME)) for (const [name, value] of Object.entries({ lang, theme })) each.setAttribute(name, value);
}

const measure = () => host && tell({ height: document.body.offsetHeight });

addEventListener('message', async ({ data, origin, source }) => {
  if (origin !== location.origin || source !== parent || !data?.currency) return;
  speak(data);
  const { lang, theme, ...order } = data;
  // What changes only how it looks is heard by the element itself.
  if (JSON.stringify(order) === asked) return;
  asked = JSON.stringify(order);
  try {
    await loaded;
    await show(data);
  } catch (error) {
    console.info(error.message);
    fail();
  }
});

function fail() {
  isBroken = true;
  tell({ failed: true });
}

// Whose Wasm does not come is ready as well, and says so.
addEventListener('raseed-error', ({ detail }) => detail.code === 'unavailable' && fail());
new ResizeObserver(measure).observe(document.body);
loaded.catch(fail);
tell({ here: true });
