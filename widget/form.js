// The nodes of the widget: which elements there are, with which attributes and parts, and how a text or an amount gets into them.
//
// In scope: the panel, whose nodes stand before the Wasm does, at the height that the finished form has; a row; a share of the bar. A row or panel is
// handed around as an object of its nodes by name. Out of scope: what stands in them and when (`view.rs`).
//
// Nothing here takes markup, so no text can become an element.

// What shops may not style: how the form is laid out inside.
const INNER = ['entry', 'points-head', 'points-balance', 'text', 'side', 'number', 'dots', 'words', 'balance', 'sum', 'said'];

// What the lines of the points say, in the order of `points.rs`: a part's text, or another of its properties.
const LINES = [
  '-label', '-less.ariaLabel', '-more.ariaLabel', '-none', '-all', '-balance', '-field.placeholder', '-range.ariaValueText', '-range.max', '-range.value',
  '-field.value', '.className', '.ariaBusy', '-less.ariaDisabled', '-more.ariaDisabled', '-field.ariaInvalid', '-message', '-worth',
];

/** Makes an element. A name makes it findable in `parts`, and public as a part. */
function make(parts, tag, name, attributes = {}, ...children) {
  const node = document.createElement(tag);
  if (name) {
    parts[name] = node;
    if (!INNER.includes(name)) node.part = name;
  }
  for (const key in attributes) node.setAttribute(key, attributes[key]);
  node.append(...children);
  return node;
}

export const form = {
  /** The static form. Its names are ids as well: label, field and message refer to each other. */
  panel(root) {
    const parts = {};
    const add = (tag, id, attributes, ...children) => make(parts, tag, id, { ...attributes, id }, ...children);
    const points = { 'aria-labelledby': 'points-label', 'aria-describedby': 'points-worth points-message' };
    root.append(
      add('div', 'panel', { role: 'group', 'aria-labelledby': 'title' },
        add('p', 'title'),
        add('div', 'entry', {},
          add('label', 'label', { for: 'code' }),
          add('input', 'code', {
            type: 'text',
            dir: 'ltr',
            autocomplete: 'off',
            autocapitalize: 'characters',
            autocorrect: 'off',
            spellcheck: 'false',
            enterkeyhint: 'go',
            placeholder: 'XXXX-XXXX-XXXX-XXXX-XXXX',
            'aria-describedby': 'message',
          }),
          add('button', 'apply', { type: 'button' }),
          add('p', 'message', { role: 'alert' }),
        ),
        add('p', 'covered', { tabindex: '-1' }),
        add('div', 'points', { role: 'group', 'aria-labelledby': 'points-label points-balance' },
          add('div', 'points-head', {},
            make({}, 'span', '', { class: 'chip', 'data-colour': 5 }),
            add('span', 'points-label'),
            add('bdi', 'points-balance'),
            add('button', 'points-none', { type: 'button', class: 'remove' }),
            add('button', 'points-all', { type: 'button', class: 'remove' }),
          ),
          add('button', 'points-less', { type: 'button' }),
          add('input', 'points-range', { type: 'range', ...points }),
          add('input', 'points-field', { type: 'text', inputmode: 'numeric', autocomplete: 'off', enterkeyhint: 'done', ...points }),
          add('button', 'points-more', { type: 'button' }),
          add('p', 'points-message', { role: 'alert' }),
          add('p', 'points-worth'),
        ),
        add('ul', 'tenders', { role: 'list' }),
        add('div', 'bar', { role: 'img' }),
        add('p', 'sum', {}, add('span', 'remaining'), add('bdi', 'amount')),
        add('p', 'earn'),
        add('p', 'said', { role: 'status' }),
      ),
    );
    return parts;
  },

  /** A row at the end of the list: a card's colour, its last four, what it pays, what it keeps. With a colour it has a share of the bar. */
  row({ tenders, bar }, colour) {
    const parts = {};
    const add = (tag, name, attributes, ...children) => make(parts, tag, name, { ...attributes, class: name }, ...children);
    const coloured = colour === undefined ? {} : { 'data-colour': colour };
    tenders.append(
      add('li', 'tender', coloured,
        add('span', 'chip'),
        add('div', 'text', {},
          add('bdi', 'number', { dir: 'ltr' }, add('span', 'dots', { 'aria-hidden': 'true' }, '•••• '), add('span', 'last4')),
          add('span', 'leaves', {}, add('span', 'words'), ' ', add('bdi', 'balance')),
          add('span', 'expires'),
        ),
        add('div', 'side', {}, add('bdi', 'applied'), add('button', 'remove', { type: 'button' })),
      ),
    );
    if (colour !== undefined) bar.append(add('span', 'share', coloured));
    return parts;
  },

  /** Ends the room that is kept for rows to come. */
  settle({ tenders }) {
    for (const room of tenders.querySelectorAll('[data-is=reserved]')) room.remove();
  },

  /** Takes a row away. */
  take({ tender, share }) {
    tender.remove();
    share?.remove();
  },

  /** Where the share of a row begins and ends, in ten thousandths of the bar. */
  place({ share: { style } }, from, to) {
    style.setProperty('--_from', from);
    style.setProperty('--_to', to);
  },

  focus(parts, name) {
    parts[name].focus();
  },

  /** Writes a text, unless it is there already: a live region must not speak twice. */
  text(parts, name, value) {
    const node = parts[name];
    if (node.textContent !== value) node.textContent = value;
  },

  /** Writes an attribute, or takes it away. */
  set(parts, name, attribute, value) {
    if (value === undefined) parts[name].removeAttribute(attribute);
    else parts[name].setAttribute(attribute, value);
  },

  /** Writes the controls of the points line by line. What says so already is left alone, so that no caret jumps and nothing speaks twice; and what is `*`. */
  points(parts, lines) {
    lines.split('\n').forEach((line, at) => {
      const [name, property = 'textContent'] = LINES[at].split('.');
      const node = parts[`points${name}`];
      if (node[property] !== line && line !== '*') node[property] = line;
    });
  },

  /** Writes an amount: the sign small beside the number, never apart from it. */
  money(parts, name, { sign, number, arabic }) {
    const order = arabic ? [number, sign] : [sign, number];
    if (parts[name].textContent === order.join('\u00a0')) return;
    const [first, last] = order.map((piece) => (piece === sign ? make({}, 'span', '', { class: 'sign' }, piece) : piece));
    parts[name].replaceChildren(first, '\u00a0', last);
  },
};
