// Every state that a shopper can meet, and how each comes about: what the server would answer, and what the shopper does.
//
// A state: `id`, `name`, `about` what to look at, and
//   `engine`      what becomes of the Wasm; such a state is shown in a frame, because a page loads it once: `held`, `refused`
//   `total`, `currency`, `cards`, `status`   the checkout that stands behind it
//   `read`, `apply`   what becomes of a request: `held` (no answer), `lost` (cut), a problem document, or else the true answer
//   `points`      what the member has and uses;  `member`  whether the page names the member;  `earns`  what the order will bring
//   `type`        what is typed;  `press`  whether it is applied;  `then`  what happens to the order afterwards
//   `turn`        what is typed into the box of the points
//   `brings`      the card that a code of these last four has, or the problem document that it meets
//   `old_codes`   what the shop says of the codes that it had in another system
//   `width`, `text`   of this specimen alone

import { CODE } from './shopper.js';

const TOTAL = 25_000;
const EXPIRES = '2027-06-30T09:00:00Z';

const card = (last4, available, expires_at = null, disclosures = undefined) => ({ last4, available, expires_at, disclosures });

// What a shop that came from another system says, and what the law of some places asks for.
const OLD_CODES = {
  patterns: ['NR####????'],
  message: { en: 'This is one of our old cards. Exchange it at noor.example/exchange.', ar: 'هذه من بطاقاتنا السابقة. استبدلها عبر noor.example/exchange.' },
};
const PROMOTIONAL = [{ name: 'promotional', en: 'This card was issued for promotional purposes.', ar: 'صدرت هذه البطاقة لأغراض ترويجية.' }];

const THREE = [card('D5VV', 10_000), card('T7A8', 6_550, EXPIRES), card('9KQM', 2_000)];
const TEN = ['D5VV', 'T7A8', '9KQM', 'R2HX', '4W0P', 'N6CJ', '8ZEB', 'Y3TG', 'K1SF', 'M5DA'].map((last4, place) => card(last4, 1_500 + 125 * place));

// A hundred points are worth five riyals.
const points = (used = 0, available = 1_240) => ({ available, used, minimum: 100, step: 10, rate: { points: 100, amount: 500 } });

const member = (id, name, about, more = {}) => ({ id, name, about, cards: [], member: true, points: points(), ...more });

const refused = (code, more = {}) => ({
  id: code,
  name: code,
  about: 'The server refuses the card.',
  cards: [],
  type: CODE,
  press: true,
  apply: { status: 409, code, retryable: false, ...more },
});

const slip = (id, about, type, press = true) => ({ id, name: id, about, cards: [], type, press });

export const STATES = [
  { id: 'skeleton', name: 'Skeleton', about: 'Script and style are there, the Wasm is not. As high as the empty form.', engine: 'held' },
  { id: 'unavailable', name: 'Not available', about: 'The Wasm did not come, or the page refuses it.', engine: 'refused' },
  { id: 'opening', name: 'Opening', about: 'The checkout is being read.', read: 'held', cards: [] },
  { id: 'empty', name: 'Empty', about: 'No card yet.', cards: [] },
  { id: 'typing', name: 'Typing', about: 'Half a code, grouped as it is typed.', cards: [], type: '7684-VTF2-6H' },
  { id: 'checking', name: 'Checking', about: 'The first card is being checked.', cards: [], type: CODE, press: true, apply: 'held' },
  { id: 'checking-another', name: 'Checking another', about: 'One card is applied, another is being checked.', cards: [card('D5VV', 10_000)], type: CODE, press: true, apply: 'held' },
  { id: 'one', name: 'One card', about: 'Partly covered.', cards: [card('D5VV', 10_000)] },
  { id: 'three', name: 'Three cards', about: 'Partly covered; one card expires.', cards: THREE },
  {
    id: 'promotional',
    name: 'Promotional',
    about: 'The law asks for a sentence in the row; one of the cards expires.',
    cards: [card('D5VV', 10_000), card('T7A8', 5_000, EXPIRES, PROMOTIONAL), card('9KQM', 2_000, null, PROMOTIONAL)],
  },
  { id: 'ten', name: 'Ten cards', about: 'As many as there may be.', cards: TEN },
  { id: 'covered', name: 'Covered', about: 'One card pays for everything and keeps a balance.', cards: [card('D5VV', 40_000)] },
  { id: 'covered-by-two', name: 'Covered by two', about: 'Nothing remains.', cards: [card('D5VV', 10_000), card('T7A8', 27_550, EXPIRES)] },
  { id: 'locked', name: 'Being paid', about: 'The order is being paid or has been: shown, not changed.', cards: [card('D5VV', 10_000)], status: 'authorized' },
  slip('code_malformed', 'Too short a code was applied.', '7684-VTF2'),
  slip('code_check_failed', 'Told as soon as the last character is typed.', '7684-VTF2-6H45-PXQ5-PS59', false),
  slip('looks_like_payment_card', 'A bank card’s number was applied.', '4111 1111 1111 1111'),
  { ...slip('old_code', 'A code of another system was applied; the shop says where to exchange it.', 'NR-1234-ab12'), old_codes: OLD_CODES },
  refused('card_not_usable'),
  refused('card_expired', { status: 410, expired_at: '2026-03-31T20:59:59Z' }),
  refused('card_inactive'),
  refused('card_frozen'),
  refused('card_replaced'),
  refused('insufficient_balance'),
  refused('card_held_elsewhere', { retryable: true, retry_after_seconds: 540 }),
  refused('currency_mismatch', { currency: 'KWD' }),
  refused('location_not_allowed'),
  refused('min_spend_not_met', { minimum: 30_000 }),
  { ...refused('checkout_broken'), about: 'Nothing that a shopper can mend.' },
  { ...refused('already_applied'), cards: [card('PS58', 10_000)] },
  { ...refused('too_many_tenders'), cards: TEN },
  { ...refused('quota_exceeded', { status: 429, retry_after_seconds: 120 }), about: 'Too many tries.' },
  { id: 'changed', name: 'Changed', about: 'A balance changed since the page was opened.', cards: [card('D5VV', 10_000)], then: { cards: [card('D5VV', 4_000)] } },
  { id: 'slow', name: 'Slow', about: 'An answer was lost and is being looked for.', cards: [], type: CODE, press: true, apply: 'lost', readAgain: 'held' },
  { id: 'offline', name: 'Offline', about: 'The network is gone when a card is applied.', cards: [card('D5VV', 10_000)], type: CODE, press: true, apply: 'lost', readAgain: 'lost' },
  { id: 'down', name: 'Server down', about: 'The checkout cannot be read.', cards: [], read: { status: 500, code: 'fault', retryable: true } },
  { id: 'dinar', name: 'Three digits', about: 'A thousandth of a dinar remains.', total: 12_345, currency: 'KWD', cards: [card('D5VV', 12_344)] },
  member('points-skeleton', 'Points: skeleton', 'Room is kept for the points of a member.', { engine: 'held' }),
  member('points-opening', 'Points: opening', 'The checkout is being read; the room is still kept.', { read: 'held' }),
  member('points', 'Points', 'None is used yet.', { earns: 250 }),
  member('points-part', 'Points: some', 'Some are used, and pay a part.', { points: points(300), earns: 235 }),
  member('points-cards', 'Points and two cards', 'Each has its share of the bar.', { points: points(600), cards: THREE.slice(0, 2), earns: 55 }),
  member('points-all', 'Points: all', 'They pay for everything; they can still be made fewer.', { points: points(5_000, 5_000) }),
  member('points-unneeded', 'Points: none needed', 'A card pays for everything.', { cards: [card('D5VV', 40_000)] }),
  member('points-few', 'Points: too few', 'Fewer than can be used.', { points: points(0, 60), earns: 250 }),
  member('points-typing', 'Points: typing', 'The worth follows what is typed.', { turn: '٤٥٠', wait: true }),
  member('points-setting', 'Points: being set', 'Shown as it will be while the answer is on its way.', { turn: '300', apply: 'held' }),
  member('points-least', 'Points: below the minimum', 'Stays in the box, with an error.', { turn: '50' }),
  member('points-most', 'Points: more than there are', 'The most is taken, and a sentence says so.', { turn: '9000' }),
  member('points-refused', 'Points: refused', 'Meanwhile they were used elsewhere.', {
    turn: '1200',
    apply: { status: 409, code: 'insufficient_balance', retryable: false },
  }),
  member('points-offline', 'Points: offline', 'The network is gone when points are used.', { turn: '300', apply: 'lost', readAgain: 'lost' }),
  member('points-locked', 'Points: being paid', 'Shown, not changed.', { points: points(300), status: 'authorized' }),
  member('points-large', 'Points: 200 % text', 'A member with large text.', { points: points(300), earns: 235, text: '200' }),
  { id: 'narrow', name: '320 px', about: 'The narrowest phone.', cards: THREE, width: '320' },
  { id: 'large', name: '200 % text', about: 'A shopper with large text.', cards: THREE, text: '200' },
].map((state) => ({ total: TOTAL, currency: 'SAR', status: 'open', ...state }));
