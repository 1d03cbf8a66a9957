// What may be done to a card. Each act asks, says what it means and says why when it was refused. What a card's status rules out is not offered.

import { h } from '../../card/dom.js';
import { day, money, readAmount } from '../../card/figures.js';
import { t } from '../../card/language.js';
import { post } from '../api.js';
import { choice, check, copier, dialog, field, inform, input } from '../form.js';
import { explainPage } from '../refusals.js';
import { programmeOf } from './cards.js';
import { done } from './issue.js';

/** By status: what makes sense. The server decides; this only spares people what it would refuse for certain. */
const OFFERED = {
  inactive: ['activate', 'freeze', 'link', 'replace', 'extend', 'adjust', 'cancel'],
  active: ['link', 'load', 'freeze', 'replace', 'extend', 'adjust', 'cash_out', 'cancel'],
  used_up: ['load', 'extend', 'adjust', 'freeze'],
  frozen: ['unfreeze', 'replace', 'adjust', 'extend'],
  expired: ['extend', 'freeze'],
};
const DANGEROUS = ['replace', 'cash_out', 'cancel', 'erase'];

export function acts(room, card, settings, again) {
  const names = [...(OFFERED[card.status] ?? []), ...(card.gift ? ['erase'] : [])];
  if (!names.length) return null;
  const open = (name) => ask(name, { room, card, settings, again });
  return h(
    'section',
    { class: 'acts' },
    h('h2', { class: 'heard' }, t('acts')),
    h(
      'div',
      { class: 'row' },
      names.map((name) =>
        h('button', { type: 'button', class: DANGEROUS.includes(name) ? 'button warn' : 'button', on: { click: () => open(name) } }, t(`act_${name}`)),
      ),
    ),
  );
}

async function ask(name, context) {
  const { card, room, settings, again } = context;
  const path = `/v1/gift-cards/${card.id}/${name.replace('_', '-')}`;
  if (name === 'link') return showLink(path, context);
  const { fields = [], read = () => ({}), isMeant = () => true } = FIELDS[name]?.(card, settings) ?? {};
  const reason = reasonField(name);
  const answer = await dialog({
    title: `${t(`act_${name}`)} · ${card.last4}`,
    text: t(`ask_${name}`, { amount: money(card.available, card.currency) }),
    fields: [...fields, reason],
    confirm: t(`act_${name}`),
    danger: DANGEROUS.includes(name),
    async act() {
      const why = reason?.control.value.trim();
      if (name === 'adjust') reason.fail(why ? null : t('reason_needed'));
      const body = read();
      if (!body || (name === 'adjust' && !why) || !(await isMeant(body))) return null;
      const answer = await post(path, { ...body, ...(why ? { reason: why } : {}) });
      // A refusal speaks of amounts in the card's currency.
      return answer.ok ? answer : { ...answer, body: { currency: card.currency, ...answer.body } };
    },
  });
  if (!answer) return undefined;
  if (name === 'replace') return done(room, settings, { ...answer.body, gift: card.gift }, { title: 'replaced_title' });
  return again(answer.body.amount ? t('done_amount', { amount: money(answer.body.amount, card.currency) }) : t('done'));
}

const reasonField = (name) =>
  name === 'erase'
    ? null
    : field(name === 'adjust' ? t('reason') : `${t('reason')} (${t('optional')})`, input({ maxlength: '200', dir: 'auto' }), {
        name: 'reason',
        hint: t('reason_hint'),
      });

function amountField(card) {
  const control = input({ inputmode: 'decimal', dir: 'ltr', class: 'digits' });
  const node = field(t('other_amount', { currency: card.currency }), control, { name: 'amount' });
  const read = () => {
    const amount = readAmount(control.value, card.currency);
    node.fail(amount ? null : t('amount_bad'));
    if (!amount) control.focus();
    return amount || null;
  };
  return { node, control, read };
}

/** The most that one card of its programme is meant to have; without a programme, what it was issued with. */
function mostOf(card, settings) {
  const { balance_max: most, amounts } = programmeOf(settings, card.program) ?? {};
  return most ?? (Math.max(amounts?.maximum ?? 0, ...(amounts?.preset ?? [])) || card.issued);
}

/** A day as the last on which a card can be spent: it ends with that day, where the shop is. */
const endOf = (date) => new Date(`${date}T23:59:59`).toISOString();

const FIELDS = {
  load(card) {
    const { node, read } = amountField(card);
    return {
      fields: [node],
      read: () => {
        const amount = read();
        return amount && { amount, currency: card.currency };
      },
    };
  },
  adjust(card, settings) {
    const { node, control, read } = amountField(card);
    let direction = 'credit';
    const told = h('p', { role: 'status' });
    const after = (amount) => card.available + (direction === 'credit' ? amount : -amount);
    const written = (amount) => money(amount, card.currency);
    const show = () => {
      const amount = readAmount(control.value, card.currency);
      const isSome = amount && after(amount) >= 0;
      told.textContent = isSome ? t('adjust_turns', { before: written(card.available), after: written(after(amount)) }) : '';
    };
    control.addEventListener('input', show);
    const ways = choice(
      t('direction'),
      'direction',
      ['credit', 'debit'].map((way) => [way, h('span', {}, t(way))]),
      direction,
      (way) => {
        direction = way;
        show();
      },
      { class: 'chips' },
    );
    return {
      fields: [ways, node, told],
      read: () => {
        const amount = read();
        return amount && { amount, currency: card.currency, direction };
      },
      // A nought too many is value that anybody can spend, so it is asked for twice.
      isMeant: ({ amount }) => {
        const most = mostOf(card, settings);
        if (direction === 'debit' || after(amount) <= most) return true;
        const text = t('adjust_much_ask', { after: written(after(amount)), most: written(most) });
        return dialog({ title: t('adjust_much'), text, confirm: t('adjust_anyway'), danger: true, act: async () => ({ ok: true }) });
      },
    };
  },
  extend(card) {
    let forever = false;
    const soonest = card.expires_at ?? new Date().toISOString();
    const date = input({ type: 'date', min: soonest.slice(0, 10) });
    const node = field(t('expires_on'), date, { name: 'expires_at', hint: card.expires_at ? `${t('expires')}: ${day(card.expires_at)}` : null });
    const end = check(t('no_end'), false, (on) => {
      forever = on;
      date.disabled = on;
    });
    return {
      fields: [node, end],
      read() {
        node.fail(forever || date.value ? null : t('date_needed'));
        return forever ? { expires_at: 'never' } : date.value ? { expires_at: endOf(date.value) } : null;
      },
    };
  },
};

/** The link is made when it is asked for, and is the same each time. */
async function showLink(path, { room }) {
  const answer = await post(path, {});
  if (!answer.ok) return room.querySelector('.notice').say(explainPage(answer));
  const { link } = answer.body;
  const shown = h(
    'div',
    { class: 'code-box' },
    h('p', { class: 'link', dir: 'ltr' }, h('a', { href: link, target: '_blank', rel: 'noreferrer' }, link)),
    copier(link, t('copy_link')),
  );
  return inform({ title: t('link'), text: t('link_lead'), fields: [shown] });
}
