// Issuing one card: a programme, an amount, one press; then the card to hand over. Everything else is optional and folded away.

import { h, put } from '../../card/dom.js';
import { count, money, readAmount } from '../../card/figures.js';
import { face } from '../../card/face.js';
import { lang, said, t } from '../../card/language.js';
import { post, settled } from '../api.js';
import { check, choice, field, input, notice, refuse, select, tell, working } from '../form.js';
import { explainPage } from '../refusals.js';
import { buyerField } from './caps.js';
import { sheet } from './cards.js';

/** What the server takes of a message, and from when on somebody is told how much that is. */
const MESSAGE_CHARS_MAX = 500;
const MESSAGE_NEARLY = 400;

/** What somebody has begun to fill in outlives a change of the language, which draws the screen anew. */
let draft = null;

export async function issue(room) {
  const answer = await settled(true);
  if (!answer.ok) {
    const above = notice();
    above.say(explainPage(answer));
    put(room, h('h1', {}, t('go_issue')), above);
    return t('go_issue');
  }
  draw(room, answer.body);
  return t('go_issue');
}

/** There is nothing to issue from; the way there depends on whether there ever was. */
function drawNone(room, settings) {
  const way = (to, label) => h('a', { class: 'button main', href: `#/settings/programmes${to}` }, label);
  return put(
    room,
    h('h1', {}, t('go_issue')),
    settings.programs.length
      ? [h('p', { class: 'quiet' }, t('no_programmes')), way('', t('go_settings'))]
      : [h('p', { class: 'quiet' }, t('no_programmes_yet')), way('/+', t('first_programme'))],
  );
}

function draw(room, settings) {
  const open = settings.programs.filter((each) => !each.archived);
  if (!open.length) return drawNone(room, settings);
  draft ??= { program: open[0].id, amount: null, gift: {}, active: true };
  if (!open.some((each) => each.id === draft.program)) draft.program = open[0].id;
  const current = () => open.find((each) => each.id === draft.program);

  const above = notice();
  const amountPlace = h('div', { 'data-field': 'amount' });
  const preview = h('div', { class: 'preview-card' });
  const go = h('button', { type: 'submit', class: 'button main wide' }, t('issue_it'));
  const paint = () => {
    const { currency, look, name } = current();
    put(preview, face({ shop: said(settings.name), name: said(name), line: said(look.texts), amount: draft.amount, currency, look, language: lang() }));
    put(go, draft.amount ? t('issue_amount', { amount: money(draft.amount, currency) }) : t('issue_it'));
  };
  const buyer = buyerField(draft.buyer ?? '', (text) => {
    draft.buyer = text;
  });
  const amounts = () => {
    fillAmounts(amountPlace, current(), paint);
    buyer.follow(current());
    paint();
  };
  const programmes = choice(
    t('programme'),
    'program',
    open.map((each) => [
      each.id,
      face({ look: each.look, small: true }),
      h('span', { class: 'grow' }, said(each.name)),
      h('span', { class: 'quiet' }, each.currency),
    ]),
    draft.program,
    (id) => {
      draft.program = id;
      draft.amount = null;
      amounts();
    },
    { class: 'cards' },
  );
  const form = h(
    'form',
    // A refusal speaks of what was asked for, and no more once that is another.
    { class: 'issue-form', novalidate: true, on: { submit: (event) => event.preventDefault(), input: () => above.say(null) } },
    programmes,
    amountPlace,
    buyer,
    gift(),
    more(settings),
    above,
    go,
  );
  working(go, async () => {
    if (!draft.amount) {
      above.say(null);
      amountPlace.fail(t(amountPlace.typed?.() ? 'amount_bad' : 'amount_needed'));
      return amountPlace.querySelector('input')?.focus();
    }
    if (!buyer.isGood()) return above.say(null);
    const body = { ...asked(draft), ...buyer.read() };
    const answer = await post('/v1/gift-cards', body);
    if (!answer.ok) return refuse(form, above, answer.body);
    draft = null;
    // The answer leaves the gift out, since who asked knows it.
    return done(room, settings, { ...answer.body, gift: body.gift });
  });
  amounts();
  put(room, h('h1', {}, t('go_issue')), h('div', { class: 'two' }, form, h('aside', {}, preview)));
}

/** The request: only what was said. */
function asked({ program, amount, gift, reference, location, active }) {
  const words = Object.fromEntries(Object.entries(gift).filter(([, text]) => text));
  const named = words.to || words.from || words.message;
  return {
    program,
    amount,
    ...(active ? {} : { active }),
    ...(reference ? { reference } : {}),
    ...(location ? { location } : {}),
    ...(named ? { gift: { lang: lang(), ...words } } : {}),
  };
}

/** The programme's amounts to choose from, or a field for any between its bounds. */
function fillAmounts(place, { amounts, currency }, paint) {
  const error = h('p', { class: 'error', hidden: true, role: 'alert' });
  place.fail = (text) => {
    error.hidden = !text;
    error.textContent = text ?? '';
  };
  place.typed = null;
  const choose = (amount) => {
    draft.amount = amount;
    place.fail(null);
    paint();
  };
  if (amounts.preset?.length) {
    if (!amounts.preset.includes(draft.amount)) draft.amount = null;
    const options = amounts.preset.map((amount) => [String(amount), h('span', {}, money(amount, currency))]);
    const chosen = choice(t('amount'), null, options, String(draft.amount), (value) => choose(Number(value)), { class: 'chips' });
    place.control = chosen.querySelector('input');
    return put(place, chosen, error);
  }
  const control = input({
    inputmode: 'decimal',
    dir: 'ltr',
    value: draft.typed ?? '',
    on: {
      input: () => {
        draft.typed = control.value;
        choose(readAmount(control.value, currency));
      },
    },
  });
  const hint = t('amount_range', { minimum: money(amounts.minimum, currency), maximum: money(amounts.maximum, currency) });
  place.control = control;
  place.typed = () => control.value;
  return put(place, field(t('other_amount', { currency }), control, { hint }), error);
}

function gift() {
  const { gift: words } = draft;
  const bind = (name, more) =>
    input({
      value: words[name] ?? '',
      dir: 'auto',
      on: {
        input: ({ target }) => {
          words[name] = target.value.trim();
        },
      },
      ...more,
    });
  const message = h('textarea', {
    rows: '3',
    maxlength: String(MESSAGE_CHARS_MAX),
    dir: 'auto',
    on: {
      input: ({ target }) => {
        words.message = target.value.trim();
      },
    },
  });
  message.value = words.message ?? '';
  const told = field(t('gift_message'), message, { name: 'gift.message', wide: true });
  const length = h('p', { class: 'hint', role: 'status' });
  const measure = () => {
    const used = message.value.length;
    length.textContent = used < MESSAGE_NEARLY ? '' : t('characters', { used: count(used), most: count(MESSAGE_CHARS_MAX) });
  };
  message.addEventListener('input', measure);
  measure();
  told.append(length);
  const language = choice(
    t('gift_lang'),
    'gift.lang',
    [
      ['ar', h('span', { lang: 'ar' }, 'العربية')],
      ['en', h('span', { lang: 'en' }, 'English')],
    ],
    words.lang ?? lang(),
    (value) => {
      words.lang = value;
    },
    { class: 'chips' },
  );
  return h(
    'details',
    { open: Object.keys(words).length > 0 },
    h('summary', {}, t('gift')),
    h(
      'div',
      { class: 'fields' },
      field(t('gift_to'), bind('to', { maxlength: '60' }), { name: 'gift.to', hint: t('gift_to_hint') }),
      field(t('gift_from'), bind('from', { maxlength: '60' }), { name: 'gift.from' }),
      told,
      language,
    ),
  );
}

function more({ locations }) {
  const places = [['', t('nowhere')], ...locations.map(({ id, name }) => [id, said(name)])];
  const place = select(places, draft.location ?? '', {
    on: {
      change: ({ target }) => {
        draft.location = target.value;
      },
    },
  });
  const reference = input({
    value: draft.reference ?? '',
    maxlength: '64',
    dir: 'auto',
    on: {
      input: ({ target }) => {
        draft.reference = target.value.trim();
      },
    },
  });
  const location = locations.length ? labelled(t('location'), place) : null;
  return h(
    'details',
    {},
    h('summary', {}, t('more_details')),
    h(
      'div',
      { class: 'fields' },
      field(t('reference'), reference, { name: 'reference', hint: t('reference_hint') }),
      location,
      check(
        t('inactive_card'),
        !draft.active,
        (on) => {
          draft.active = !on;
        },
        t('inactive_hint'),
      ),
    ),
  );
}

/** A label around a selection, which is a box with the control inside. */
export function labelled(label, box, name) {
  const control = box.querySelector('select');
  control.setAttribute('aria-label', label);
  return h('div', { class: 'field', 'data-field': name }, h('span', { class: 'label', 'aria-hidden': 'true' }, label), box);
}

/** The card that is being handed over: its code is told once, so it outlives whatever draws the screen anew, until somebody goes on. */
let ready = null;

export const forget = () => {
  ready = null;
};

/** Draws that card again, if there is one, and returns the title. */
export function drawReady(room) {
  if (!ready) return null;
  done(room, ...ready);
  return t(ready[2].title);
}

/** The card to hand over; also that of a replacement or an exchange. `next` names what may be begun then, and `again` draws it into a place. */
export function done(room, settings, card, { title = 'issued_title', next = 'issue_another', again = (place) => draw(place, settings) } = {}) {
  ready = [settings, card, { title, next, again }];
  const heading = h('h1', { tabindex: '-1' }, t(title));
  const another = h(
    'button',
    {
      type: 'button',
      class: 'button',
      on: {
        async click() {
          forget();
          await again(room);
          room.querySelector('h1').setAttribute('tabindex', '-1');
          room.querySelector('h1').focus();
        },
      },
    },
    t(next),
  );
  put(
    room,
    heading,
    h('p', { class: 'quiet print-none' }, t('issued_once')),
    sheet(settings, card),
    h('div', { class: 'row print-none' }, another, h('a', { class: 'button', href: `#/cards/${card.id}` }, t('open_card'))),
  );
  document.documentElement.dataset.shown = 'issued';
  scrollTo(0, 0);
  heading.focus({ preventScroll: true });
  tell(t(title));
}
