// The console: a page for people of the shop, over the same API that everybody has. It keeps nothing but the session, in this tab.
//
// `#/…` says which screen is shown. A screen is a function of the place in the page, the rest of the address and its query; it fills the place and returns the
// title. Screens live in `screens/`, words in `words/`, and the drawing of a card is the card page's own.

import { h, put } from '../card/dom.js';
import { lang, other, said, speak, t } from '../card/language.js';
import { isSignedIn, leave, settled, whenEnded } from './api.js';
import { notice, tell } from './form.js';
import { batches } from './screens/batches.js';
import { card } from './screens/card.js';
import { find } from './screens/find.js';
import { history } from './screens/history.js';
import { drawReady, forget, issue } from './screens/issue.js';
import { keys } from './screens/keys.js';
import { reports } from './screens/reports.js';
import { settings } from './screens/settings.js';
import { signIn, signInAgain } from './screens/sign_in.js';
import { webhooks } from './screens/webhooks.js';
import './words/shell.js';

const SCREENS = { issue, cards: find, batches, reports, settings, webhooks, keys, history };

const place = h('main', { id: 'place', tabindex: '-1' });
const shop = h('span', { class: 'shop' });
const frame = h('div', { id: 'frame' });
let menuIsOpen = false;

function way() {
  const [path, query = ''] = location.hash.replace(/^#\/?/, '').split('?');
  const [name = '', ...rest] = path.split('/').map(decodeURIComponent);
  return { name: name in SCREENS ? name : 'issue', rest, query: new URLSearchParams(query) };
}

function drawFrame() {
  const { name: here } = way();
  const link = (name) =>
    h('li', {}, h('a', { href: `#/${name}`, 'aria-current': name === here ? 'page' : null, on: { click: () => follow(name) } }, t(`go_${name}`)));
  const menu = h(
    'button',
    { class: 'button plain menu', 'aria-expanded': String(menuIsOpen), 'aria-controls': 'ways', on: { click: () => openMenu(!menuIsOpen) } },
    t('menu'),
  );
  const language = h(
    'button',
    {
      class: 'button plain',
      lang: other(),
      on: {
        click: () => {
          speak(other(), true);
          start(false);
          document.getElementById('language')?.focus();
        },
      },
      id: 'language',
    },
    t('language'),
  );
  const out = h(
    'button',
    {
      class: 'button plain',
      on: {
        click: () => {
          leave();
          forget();
          location.hash = '#/';
          start();
        },
      },
    },
    t('sign_out'),
  );
  put(
    frame,
    h(
      'a',
      {
        class: 'skip',
        href: '#place',
        on: {
          click: (event) => {
            event.preventDefault();
            place.focus();
          },
        },
      },
      t('skip'),
    ),
    h('header', {}, h('a', { class: 'brand', href: '#/issue' }, h('span', { class: 'logo', 'aria-hidden': 'true' }), shop), menu),
    h(
      'nav',
      { id: 'ways', 'aria-label': t('nav'), 'data-open': String(menuIsOpen) },
      h('ul', {}, Object.keys(SCREENS).map(link)),
      h('div', { class: 'nav-foot' }, language, out),
    ),
    place,
  );
  void named();
}

async function named() {
  const { ok, body } = await settled();
  shop.textContent = (ok && said(body.name)) || t('console');
}

/** Follows a way; the one that is shown already begins anew. */
function follow(name) {
  openMenu(false);
  forget();
  if (location.hash === `#/${name}`) void show();
}

function openMenu(open) {
  menuIsOpen = open;
  const nav = document.getElementById('ways');
  nav.dataset.open = String(open);
  document.querySelector('.menu').setAttribute('aria-expanded', String(open));
}

let turn = 0;

/** Shows the screen that the address names; a screen that is left while it loads shows nothing any more. */
async function show(focus = true) {
  const { name, rest, query } = way();
  const own = (turn += 1);
  for (const link of frame.querySelectorAll('nav a')) {
    if (link.hash === `#/${name}`) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  const room = h('div', { class: `screen ${name}` });
  const waiting = setTimeout(() => own === turn && put(place, h('p', { class: 'quiet', role: 'status' }, t('loading'))), 250);
  const screen = name === 'cards' && rest[0] ? card : SCREENS[name];
  let title;
  try {
    title = drawReady(room) ?? (await screen(room, rest, query, () => own === turn));
  } catch (error) {
    console.error(error);
    const above = notice();
    above.say(t('r_fault'));
    put(room, h('h1', {}, t(`go_${name}`)), above);
    title = t(`go_${name}`);
  }
  clearTimeout(waiting);
  if (own !== turn) return;
  put(place, room);
  document.title = `${title} · ${t('console')}`;
  document.documentElement.dataset.shown = name;
  scrollTo(0, 0);
  if (focus) {
    const heading = room.querySelector('h1');
    heading?.setAttribute('tabindex', '-1');
    heading?.focus({ preventScroll: true });
    tell(title);
  }
}

async function start(focus = true) {
  speak(lang());
  delete document.documentElement.dataset.shown;
  let isNew = false;
  if (!isSignedIn()) {
    leave();
    put(frame);
    await signIn(frame, () => start(false));
    isNew = true;
  }
  drawFrame();
  await show(focus || isNew);
}

whenEnded(signInAgain);
document.body.append(frame);
addEventListener('hashchange', () => {
  forget();
  if (place.isConnected) void show();
});
addEventListener('keydown', ({ key }) => key === 'Escape' && menuIsOpen && openMenu(false));
void start(false);
