// The theme page: specimens of every state beside each other, and the controls over them.
//
// In scope: what is shown, which its address says as well, so that a view can be sent to somebody. Out of scope: the states (states.js), the answers
// (answers.js), how a shopper does something (shopper.js).
//
// A page loads the Wasm once, so states without it are frames: this page again, framed, with one specimen.
//
// To see what moves by itself: `late` in the address is how many milliseconds an answer takes, and with `wait` nobody does anything before a click.

import { answer } from './answers.js';
import { leave, paste, press, told, turn } from './shopper.js';
import { STATES } from './states.js';

const { edge } = document.querySelector('script[data-edge]').dataset;
const root = document.documentElement;
const controls = document.getElementById('controls');
const wanted = new URLSearchParams(location.search);

const LANGUAGES = { ar: 'العربية', en: 'English' };
const PROPERTIES = [
  'background', 'text', 'muted', 'line', 'fill', 'accent', 'on-accent', 'bad', 'good',
  'tender-1', 'tender-2', 'tender-3', 'tender-4', 'tender-5', 'points', 'radius', 'radius-inner', 'space',
];

const framed = wanted.has('framed');
if (framed) root.dataset.framed = '';
for (const { id, name } of STATES) controls.elements.state.add(new Option(name, id));
for (const control of controls.elements) {
  const value = wanted.get(control.name);
  if ([...control.options].some((option) => option.value === value)) control.value = value;
}

const alone = STATES.find(({ id }) => id === controls.elements.state.value);
const server = answer({ edge, states: STATES, engine: alone?.engine, late: Number(wanted.get('late')) });
const begun = wanted.has('wait') && new Promise((begin) => addEventListener('click', begin, { once: true }));

const script = document.createElement('script');
script.src = `${edge}/widget/v1/raseed.js`;
document.head.append(script);
await new Promise((done) => script.addEventListener('load', done));

let count = 0;
show();
controls.addEventListener('change', ({ target }) => {
  wanted.set(target.name, target.value);
  history.replaceState(null, '', `?${wanted}`);
  // Whether the Wasm comes is settled when the script is loaded.
  if (target.name === 'state') location.reload();
  else show();
});
restyle();

function show() {
  const { state, lang, theme, width } = Object.fromEntries(new FormData(controls));
  root.dataset.width = width;
  const main = document.getElementById('states');
  const languages = lang === 'both' ? Object.keys(LANGUAGES) : [lang];
  const themes = theme === 'both' ? ['light', 'dark'] : [theme];
  main.replaceChildren(...STATES.filter(({ id }) => state === 'all' || state === id).map((each) => {
    const specimens = node('div', { className: 'specimens' });
    for (const language of languages) specimens.append(...themes.map((one) => specimen(each, language, one)));
    return node('section', { id: each.id }, node('h2', {}, each.name), node('p', { className: 'about' }, each.about), specimens);
  }));
  // Told to whoever looks at the page by a script: every specimen is in its state.
  Promise.all([...main.querySelectorAll('raseed-checkout')].map(play)).then(() => {
    root.dataset.shown = count;
  });
}

function specimen(state, lang, theme) {
  const { width, text } = Object.fromEntries(new FormData(controls));
  const stage = node('div', { className: 'stage', lang, dir: lang === 'ar' ? 'rtl' : 'ltr' });
  stage.dataset.theme = theme;
  const wide = state.width ?? width;
  if (wide !== 'fill' && !framed) stage.style.inlineSize = `calc(${wide}px + 34px)`;
  stage.style.fontSize = `${state.text ?? text}%`;
  stage.append(state.engine && !alone ? frame(state, lang, theme, text) : element(state, lang, theme));
  return node('figure', {}, node('figcaption', {}, `${LANGUAGES[lang]}, ${theme}`), stage);
}

function element(state, lang, theme) {
  const { total, currency, id } = state;
  count += 1;
  const made = document.createElement('raseed-checkout');
  const attributes = { checkout: `co_${id}_${count}`, token: id, total, currency, reference: id, lang, theme };
  if (state.member) attributes['member-token'] = `mt_${id}`;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function frame({ id, name }, lang, theme, text) {
  const made = node('iframe', { title: `${name}, ${LANGUAGES[lang]}, ${theme}`, src: `?${new URLSearchParams({ framed: '', state: id, lang, theme, text })}` });
  made.addEventListener('load', () => {
    const inside = made.contentDocument;
    new ResizeObserver(() => {
      made.style.blockSize = `${inside.body.scrollHeight}px`;
    }).observe(inside.body);
  });
  return made;
}

// What the shopper of this state does.
async function play(host) {
  const state = STATES.find(({ id }) => id === host.getAttribute('token'));
  if (state.engine === 'held' || state.read === 'held') return;
  await host.ready;
  await begun;
  if (state.type) paste(host, state.type);
  if (state.press) {
    const ended = told(host);
    press(host);
    if (state.apply !== 'held' && state.readAgain !== 'held') await ended;
  }
  if (state.turn) {
    turn(host, state.turn);
    if (!state.wait) {
      const ended = told(host);
      leave(host);
      if (state.apply !== 'held') await ended;
    }
  }
  if (state.then) {
    const changed = new Promise((done) => host.addEventListener('raseed-change', done, { once: true }));
    server.change(host.getAttribute('checkout'), state.then);
    host.refresh();
    await changed;
  }
}

// The custom properties, live.
function restyle() {
  const fields = PROPERTIES.map((name) => {
    const field = node('input', { name, autocomplete: 'off', spellcheck: false });
    return [name, field];
  });
  document.getElementById('properties').append(...fields.map(([name, field]) => node('label', {}, `--raseed-${name}`, field)));
  const sheet = document.getElementById('sheet');
  const write = () => {
    const set = fields.filter(([, field]) => field.value.trim());
    for (const [name, field] of fields) document.getElementById('states').style.setProperty(`--raseed-${name}`, field.value.trim());
    sheet.textContent = ['raseed-checkout {', ...set.map(([name, field]) => `  --raseed-${name}: ${field.value.trim()};`), '}'].join('\n');
  };
  document.getElementById('properties').addEventListener('input', write);
  write();
}

function node(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}
