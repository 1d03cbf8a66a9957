// The card page: what somebody who was given a card opens. The address holds the link's secret behind `#`, which no browser sends anywhere; it is shown to the
// server alone. The code is asked for when the holder taps, and never before, so that a glance over a shoulder or a preview of the link shows none.

import { h, put } from './dom.js';
import { day, money } from './figures.js';
import { face } from './face.js';
import { lang, learn, other, said, speak, t, wasChosen } from './language.js';
import { barcode, qr } from './marks.js';
import { WORDS } from './words.js';

learn(WORDS);

/** What is shown: `loading`, a `card` with or without its `code`, or what is in the way. */
let state = { name: 'loading' };
const heard = h('div', { class: 'heard', 'aria-live': 'polite' });
const root = h('div', { id: 'root' });

async function ask(path) {
  const link = location.hash.slice(1);
  if (!/^gl_[\w.-]+$/.test(link)) return { problem: 'bad' };
  try {
    const response = await fetch(path, { headers: { authorization: `Bearer ${link}` }, cache: 'no-store' });
    const body = await response.json().catch(() => ({}));
    if (response.ok) return { body };
    if (response.status === 429) return { problem: 'busy' };
    if (response.status === 401 || response.status === 403) return { problem: 'bad' };
    // A link of a card that there is not, or no longer under this key.
    if (response.status === 404) return { problem: 'bad' };
    return { problem: body.code?.startsWith('card_') ? body.code.slice('card_'.length) : 'offline' };
  } catch {
    return { problem: 'offline' };
  }
}

async function load() {
  show({ name: 'loading' });
  const { body, problem } = await ask('/v1/card-page');
  if (problem) return show({ name: problem });
  if (!wasChosen() && body.gift?.lang) speak(body.gift.lang);
  return show({ name: 'card', card: body });
}

async function reveal() {
  const button = document.getElementById('reveal');
  if (button.ariaBusy === 'true') return;
  button.ariaBusy = 'true';
  const { body, problem } = await ask('/v1/card-page/code');
  button.ariaBusy = 'false';
  if (body) {
    show({ ...state, code: body.code, problem: null });
    document.getElementById('code').focus();
  } else {
    show({ ...state, problem });
    document.getElementById('reveal').focus();
  }
}

function show(next) {
  state = next;
  draw();
}

/** A shop may have no name yet. */
const title = (shop) => (shop ? t('title_of', { shop }) : t('title'));

function draw() {
  const { name, card } = state;
  const shop = said(card?.shop);
  document.title = title(shop);
  const language = h(
    'button',
    {
      class: 'button plain',
      lang: other(),
      on: {
        click: () => {
          speak(other(), true);
          draw();
        },
      },
    },
    t('language'),
  );
  const top = h('header', {}, h('span', { class: 'shop' }, shop), language);
  put(root, top, name === 'loading' ? waiting() : name === 'card' ? gift(card) : hindrance(name));
}

const waiting = () => h('main', { 'aria-busy': 'true' }, h('div', { class: 'face ghost' }), h('p', { class: 'quiet', role: 'status' }, t('loading')));

function hindrance(name) {
  const calm = name === 'bad';
  const again = h('button', { class: 'button main', on: { click: load } }, t('retry'));
  const heading = name === 'bad' ? 'bad_title' : 'offline_title';
  return h('main', { class: 'hindrance' }, h('h1', {}, t(heading)), h('p', {}, t(name)), calm ? null : again);
}

/** What keeps a card from being spent; nothing for one that can be. */
const isSpendable = (card) => card.status === 'active';

function gift(card) {
  const { gift: words = {}, available, issued, currency, look, last4, status } = card;
  const drawn = face({
    shop: said(card.shop),
    name: said(card.program),
    line: said(look?.texts),
    amount: isSpendable(card) ? available : issued,
    currency,
    look,
    last4,
    language: lang(),
  });
  if (!isSpendable(card)) drawn.classList.add('spent');
  return h(
    'main',
    {},
    h('h1', { class: 'heard' }, title(said(card.shop))),
    words.to ? h('p', { class: 'to', dir: 'auto' }, t('to', { name: words.to })) : null,
    drawn,
    words.message || words.from
      ? h(
          'figure',
          { class: 'message', dir: 'auto' },
          words.message ? h('blockquote', {}, words.message) : null,
          words.from ? h('figcaption', {}, t('from', { name: words.from })) : null,
        )
      : null,
    isSpendable(card) ? secret() : h('p', { class: 'notice', role: 'status' }, t(status, { date: card.expires_at ? day(card.expires_at) : '' })),
    facts(card),
    isSpendable(card) ? usage() : null,
    card.disclosures?.length
      ? h(
          'section',
          { class: 'terms' },
          h('h2', {}, t('terms')),
          card.disclosures.map((each) => h('p', {}, said(each))),
        )
      : null,
  );
}

/** The place of the code: hidden until it is asked for. */
function secret() {
  const { code, problem } = state;
  if (!code) {
    const button = h('button', { class: 'button main wide', id: 'reveal', on: { click: reveal } }, t('reveal'));
    const told = problem ? h('p', { class: 'notice', role: 'alert' }, t(problem === 'expired' ? 'used_up' : problem)) : null;
    return h('section', { class: 'secret' }, told, button, h('p', { class: 'quiet' }, t('reveal_hint')), h('div', { class: 'row' }, shareButton()));
  }
  const copy = h('button', { class: 'button', on: { click: () => copyText(copy, code, 'copied', 'copy') } }, t('copy'));
  return h(
    'section',
    { class: 'secret open', 'aria-label': t('code') },
    h('p', { class: 'label' }, t('code')),
    h('p', { class: 'code', id: 'code', dir: 'ltr', tabindex: '-1', translate: 'no' }, code),
    h('div', { class: 'row' }, copy, shareButton(), h('button', { class: 'button', on: { click: () => print() } }, t('print'))),
    h('div', { class: 'marks' }, h('div', { class: 'paper square' }, qr(code, t('qr'), 6)), h('div', { class: 'paper' }, barcode(code, t('barcode')))),
  );
}

function shareButton() {
  const button = h('button', { class: 'button', on: { click: () => share(button) } }, t('share'));
  return button;
}

async function share(button) {
  const what = { title: document.title, url: location.href };
  if (!navigator.share) return copyText(button, what.url, 'link_copied', 'share');
  try {
    await navigator.share(what);
  } catch {
    // Given up by the person, who knows.
  }
}

async function copyText(button, text, done, before) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    return; // Refused by the browser; the code can still be selected.
  }
  put(button, t(done));
  heard.textContent = t(done);
  setTimeout(() => {
    put(button, t(before));
    heard.textContent = '';
  }, 2_000);
}

function facts({ available, issued, currency, expires_at, status }) {
  if (['replaced', 'cashed_out', 'cancelled'].includes(status)) return null;
  // A card that was loaded may have more than it was issued with.
  const left = available < issued ? t('of_issued', { available: money(available, currency), issued: money(issued, currency) }) : money(available, currency);
  return h(
    'div',
    { class: 'facts' },
    h('dl', {}, h('dt', {}, t('balance')), h('dd', {}, left)),
    status === 'expired' ? null : h('p', {}, expires_at ? t('expires', { date: day(expires_at) }) : t('no_expiry')),
  );
}

const usage = () =>
  h(
    'section',
    { class: 'use' },
    h('h2', {}, t('use')),
    h(
      'ul',
      {},
      ['use_online', 'use_shop', 'use_rest'].map((each) => h('li', {}, t(each))),
    ),
  );

speak(lang());
document.body.append(root, heard);
addEventListener('hashchange', load);
load();
