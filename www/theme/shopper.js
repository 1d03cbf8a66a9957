// What a shopper does at the element, through its public parts: for pages that show states which somebody has to bring about.

/** A code that reads rightly. No server knows it. */
export const CODE = '7684-VTF2-6H45-PXQ5-PS58';

const part = (host, name) => host.shadowRoot.querySelector(`[part=${name}]`);

/** Resolves when the element tells its page of what has come of it. */
export const told = (host) =>
  Promise.race(['raseed-change', 'raseed-error'].map((name) => new Promise((done) => host.addEventListener(name, done, { once: true }))));

/** Pastes a code. */
export function paste(host, code) {
  part(host, 'code').value = code;
  part(host, 'code').dispatchEvent(new InputEvent('input', { inputType: 'insertFromPaste', bubbles: true }));
}

/** Presses Apply. */
export const press = (host) => part(host, 'apply').click();

/** Pastes a code and applies it. */
export function apply(host, code) {
  const ended = told(host);
  paste(host, code);
  press(host);
  return ended;
}

/** Types a number into the box of the points. */
export function turn(host, points) {
  part(host, 'points-field').value = points;
  part(host, 'points-field').dispatchEvent(new InputEvent('input', { bubbles: true }));
}

/** Leaves that box. */
export const leave = (host) => part(host, 'points-field').dispatchEvent(new Event('change', { bubbles: true }));
