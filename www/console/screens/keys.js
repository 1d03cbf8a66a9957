// Keys and their revocation. Keys are derived and not listed anywhere, so what can be shown is which of them count no more.

import { h, put } from '../../card/dom.js';
import { latin } from '../../card/figures.js';
import { t } from '../../card/language.js';
import { postPlainly, settled } from '../api.js';
import { choice, dialog, field, input, notice, working } from '../form.js';
import { explain } from '../refusals.js';
import '../words/settings.js';

export async function keys(room) {
  const answer = await settled(true);
  const above = notice();
  if (!answer.ok) {
    above.say(explain(answer.body));
    put(room, h('h1', {}, t('go_keys')), above);
    return t('go_keys');
  }
  const list = h('div');
  const draw = (revoked) =>
    put(
      list,
      h('h2', {}, t('revoked')),
      revoked.length
        ? h(
            'ul',
            { class: 'plain-list' },
            revoked.map((id) => h('li', { class: 'mono', dir: 'ltr' }, id)),
          )
        : h('p', { class: 'quiet' }, t('revoked_none')),
    );
  let kind = null;
  const kinds = choice(
    t('key_kind'),
    null,
    ['sk', 'pk', 'rk'].map((each) => [each, h('bdi', { class: 'mono' }, each), h('span', { class: 'grow' }, t(`key_${each}`))]),
    kind,
    (each) => {
      kind = each;
      unchosen.hidden = true;
    },
    { class: 'cards' },
  );
  // None is chosen beforehand: what is revoked by mistake is revoked for good.
  const unchosen = h('p', { class: 'error', role: 'alert', hidden: true }, t('key_kind_needed'));
  kinds.append(unchosen);
  const number = field(t('key_number'), input({ inputmode: 'numeric', dir: 'ltr', class: 'short' }), { hint: t('key_number_hint') });
  const go = h('button', { type: 'submit', class: 'button warn' }, t('revoke'));
  working(go, async () => {
    const digits = latin(number.control.value).trim();
    const good = /^\d{1,9}$/.test(digits);
    unchosen.hidden = kind !== null;
    number.fail(good ? null : t('key_number_bad'));
    if (!kind) return kinds.querySelector('input').focus();
    if (!good) return number.control.focus();
    const id = `${kind}_${Number(digits)}`;
    const done = await dialog({
      title: `${t('revoke')} · ${id}`,
      text: t('revoke_ask', { key: `\u2066${id}\u2069` }),
      confirm: t('revoke'),
      danger: true,
      act: () => postPlainly(`/v1/keys/${id}/revoke`, {}),
    });
    if (!done) return undefined;
    number.control.value = '';
    above.say(t('revoked_now', { key: `\u2066${id}\u2069` }), 'good');
    draw(done.body.revoked_keys);
    return settled(true);
  });
  draw(answer.body.revoked_keys);
  put(
    room,
    h('h1', {}, t('go_keys')),
    h('p', { class: 'lead' }, t('keys_lead')),
    h('form', { class: 'fields', novalidate: true, on: { submit: (event) => event.preventDefault() } }, kinds, number, h('div', {}, go)),
    above,
    list,
  );
  return t('go_keys');
}
