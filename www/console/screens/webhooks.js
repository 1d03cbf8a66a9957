// Webhook endpoints: who is told, whether it works, and what was sent.

import { h, put } from '../../card/dom.js';
import { count, moment } from '../../card/figures.js';
import { t } from '../../card/language.js';
import { get, post, remove } from '../api.js';
import { button, check, copier, dialog, field, inform, input, notice, working } from '../form.js';
import { explain } from '../refusals.js';
import '../words/settings.js';

const EVENTS = [
  ...'issued activated loaded extended frozen unfrozen adjusted replaced expired cashed_out cancelled'.split(' ').map((name) => `gift_card.${name}`),
  ...['redemption.captured', 'redemption.refunded'],
  ...'authorized captured voided expired'.split(' ').map((name) => `checkout.${name}`),
  ...['guard.alarm', 'webhook_endpoint.disabled'],
];

const path = (id, more = '') => `/v1/webhook-endpoints/${encodeURIComponent(id)}${more}`;

export async function webhooks(room, [id]) {
  const above = notice();
  const answer = await get(id ? path(id) : '/v1/webhook-endpoints');
  if (!answer.ok) {
    above.say(explain(answer.body));
    put(room, h('h1', {}, t('go_webhooks')), above);
    return t('go_webhooks');
  }
  if (id) return one(room, answer.body, above);
  const tile = (each) => h('li', {}, h('a', { class: 'line', href: `#/webhooks/${each.id}` }, h('bdi', { class: 'mono grow break' }, each.url), status(each)));
  const list = answer.body.data;
  put(
    room,
    h('h1', {}, t('go_webhooks')),
    h('p', { class: 'lead' }, t('hooks_lead')),
    above,
    list.length ? h('ul', { class: 'lines-list' }, list.map(tile)) : h('p', { class: 'quiet' }, t('hooks_none')),
    h('h2', {}, t('hook_new')),
    adding(),
  );
  return t('go_webhooks');
}

const status = ({ status: is }) =>
  h('span', { class: 'badge', 'data-status': is === 'active' ? 'active' : is === 'failing' ? 'inactive' : 'frozen' }, t(`hook_${is}`));

function adding() {
  const above = notice();
  const url = field(t('hook_url'), input({ type: 'url', dir: 'ltr', maxlength: '2000', class: 'mono', spellcheck: 'false' }), {
    name: 'url',
    hint: t('hook_url_hint'),
  });
  const chosen = new Set();
  const events = h(
    'details',
    {},
    h('summary', {}, t('hook_events')),
    h(
      'div',
      { class: 'checks' },
      h('p', { class: 'hint' }, t('hook_events_hint')),
      EVENTS.map((each) => check(h('bdi', { class: 'mono' }, each), false, (on) => (on ? chosen.add(each) : chosen.delete(each)))),
    ),
  );
  const go = h('button', { type: 'submit', class: 'button main' }, t('hook_new'));
  const form = h('form', { class: 'fields', novalidate: true, on: { submit: (event) => event.preventDefault() } }, url, events, above, h('div', {}, go));
  working(go, async () => {
    url.fail(null);
    const answer = await post('/v1/webhook-endpoints', { url: url.control.value.trim(), ...(chosen.size ? { events: [...chosen] } : {}) });
    if (!answer.ok && answer.body.field === 'url') {
      url.fail(explain({ ...answer.body, near: true }));
      return url.control.focus();
    }
    if (!answer.ok) return above.say(explain(answer.body));
    await secret(answer.body);
    location.hash = `#/webhooks/${answer.body.id}`;
    return undefined;
  });
  return form;
}

/** The secret, the one time that it is told. */
const secret = ({ secret: text }) =>
  inform({
    title: t('hook_secret'),
    text: t('hook_secret_lead'),
    fields: [h('div', { class: 'code-box' }, h('p', { class: 'mono break', dir: 'ltr', translate: 'no' }, text), copier(text))],
  });

async function one(room, endpoint, above) {
  const { id, url, events } = endpoint;
  const deliveries = h('div', { class: 'column' });
  const reload = () => sent(deliveries, id, above);
  const acts = [
    button(t('hook_test'), 'main', async () => {
      const answer = await post(path(id, '/test'), {});
      if (!answer.ok) return above.say(explain(answer.body));
      const last = answer.body.attempts.at(-1) ?? {};
      await reload();
      return answer.body.status === 'delivered'
        ? above.say(t('sent_test_ok', { ms: count(last.took_ms ?? 0) }), 'good')
        : above.say(t('sent_test_bad', { why: outcome(last) }));
    }),
    endpoint.status === 'active'
      ? null
      : button(t('hook_enable'), '', async () => {
          const answer = await post(path(id, '/enable'), {});
          return answer.ok ? webhooks(room, [id]) : above.say(explain(answer.body));
        }),
    button(t('hook_rotate'), '', async () => {
      const answer = await dialog({ title: t('hook_rotate'), text: t('hook_rotate_ask'), confirm: t('hook_rotate'), act: () => post(path(id, '/rotate'), {}) });
      if (answer) await secret(answer.body);
    }),
    button(t('remove'), 'warn', async () => {
      const answer = await dialog({
        title: t('remove'),
        text: t('hook_remove_ask', { url: `\u2066${url}\u2069` }),
        confirm: t('remove'),
        danger: true,
        act: () => remove(path(id)),
      });
      if (answer) location.hash = '#/webhooks';
    }),
  ];
  put(
    room,
    h('a', { class: 'back', href: '#/webhooks' }, t('go_webhooks')),
    h('div', { class: 'title' }, h('h1', { class: 'break', dir: 'ltr' }, url), status(endpoint)),
    h('p', { class: 'quiet' }, events.length ? h('bdi', { class: 'mono' }, events.join(' ')) : t('hook_all')),
    above,
    h('div', { class: 'row' }, acts),
    h('h2', {}, t('hook_deliveries')),
    deliveries,
  );
  await reload();
  return t('go_webhooks');
}

function outcome({ outcome: is, status: code }) {
  return is ? t(`sent_${is}`, { status: code ? count(code) : '' }) : t('sent_waiting');
}

async function sent(place, id, above, rows = [], cursor) {
  const answer = await get(path(id, `/deliveries${cursor ? `?cursor=${encodeURIComponent(cursor)}` : ''}`));
  if (!answer.ok) return above.say(explain(answer.body));
  const all = [...rows, ...answer.body.data];
  const next = answer.body.next_cursor;
  const row = (each) => {
    const tries = each.attempts.map((attempt) =>
      h('li', {}, `${moment(attempt.at)} · ${outcome(attempt)}`, attempt.answer ? h('q', { dir: 'auto' }, attempt.answer) : null),
    );
    const again = button(t('hook_again'), 'small', async () => {
      const told = await post(path(id, `/deliveries/${encodeURIComponent(each.id)}/redeliver`), {});
      return told.ok ? sent(place, id, above) : above.say(explain(told.body));
    });
    const tone = each.status === 'delivered' ? 'active' : each.status === 'waiting' ? 'inactive' : 'frozen';
    const wait = each.status === 'waiting' && each.next_attempt_at ? h('span', { class: 'quiet' }, t('next_try', { at: moment(each.next_attempt_at) })) : null;
    return h(
      'li',
      { class: 'box delivery' },
      h('div', { class: 'title' }, h('bdi', { class: 'mono' }, each.type), h('span', { class: 'badge', 'data-status': tone }, t(`sent_${each.status}`))),
      h('ul', { class: 'quiet' }, tries),
      wait,
      again,
    );
  };
  put(
    place,
    all.length ? h('ol', { class: 'column' }, all.map(row)) : h('p', { class: 'quiet' }, t('hook_deliveries_none')),
    next ? button(t('more'), '', () => sent(place, id, above, all, next)) : null,
  );
  return undefined;
}
