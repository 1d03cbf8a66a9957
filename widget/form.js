// The nodes of the widget: which elements there are, with which attributes and parts, and how a text or an amount gets into them.
//
// In scope: the panel, whose nodes stand before the Wasm does, at the height that the finished form has; a row; a share of the bar. A row is a number to
// the Wasm, and its nodes have names. The functions are part of a shell (`shell.js`), which knows panel and rows. Out of scope: what stands in the nodes
// and when (`view.rs`).
//
// Nothing here takes markup, so no text can become an element.

// What shops may not style: how the form is laid out inside.
const INNER = ['frame', 'entry', 'points-head', 'points-balance', 'text', 'side', 'number', 'dots', 'words', 'balance', 'sum', 'said'];

// What the lines of the points say, in the order of `points.rs` (a test there counts them): a part's text, or another of its properties.
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
      add('div', 'frame', {},
        add('div', 'panel', { role: 'group', 'aria-labelledby': 'title' },
          add('p', 'title', { tabindex: '-1' }),
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
          ),
          add('p', 'covered', { tabindex: '-1' }),
          // Below both: what went wrong is told whether the field stands or not.
          add('p', 'message', { role: 'alert' }),
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
      ),
    );
    return parts;
  },

  /** A row at the end of the list: a card's colour, its last four, what it pays, what it keeps. With a colour it has a share of the bar. */
  row(colour) {
    const { tenders, bar } = this.parts;
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
          add('span', 'disclosure'),
        ),
        add('div', 'side', {}, add('bdi', 'applied'), add('button', 'remove', { type: 'button' })),
      ),
    );
    if (colour !== undefined) bar.append(add('span', 'share', coloured));
    return this.rows.push(parts) - 1;
  },

  /** Keeps room for rows to come. */
  reserve(height) {
    const row = this.row();
    this.set(row, 'tender', 'data-is', 'reserved');
    this.rows[row].tender.style.blockSize = `${height}px`;
  },

  /** How high the rows are that will come again. */
  height() {
    return [...this.parts.tenders.querySelectorAll('[data-is=applied]')].reduce((sum, row) => sum + row.getBoundingClientRect().height, 0);
  },

  /** Ends the room that is kept for rows to come. */
  settle() {
    for (const room of this.parts.tenders.querySelectorAll('[data-is=reserved]')) room.remove();
  },

  /** Takes a row away. */
  take(row) {
    const { tender, share } = this.rows[row];
    delete this.rows[row];
    tender.remove();
    share?.remove();
  },

  /** Where the share of a row begins and ends, in ten thousandths of the bar. */
  place(row, from, to) {
    const { style } = this.rows[row].share;
    style.setProperty('--_from', from);
    style.setProperty('--_to', to);
  },

  focus(row, name) {
    this.rows[row][name].focus();
  },

  /** Writes a text, unless it is there already: a live region must not speak twice. */
  text(row, name, value) {
    const node = this.rows[row][name];
    if (node.textContent !== value) node.textContent = value;
  },

  /** Writes an attribute; with no value it goes. */
  set(row, name, attribute, value) {
    const node = this.rows[row][name];
    if (value) node.setAttribute(attribute, value);
    else node.removeAttribute(attribute);
  },

  /**
   * Writes the controls of the points line by line, as `LINES` has them: one by one from the Wasm they weighed a kilobyte. What says so already is left
   * alone, so that no caret jumps and nothing is spoken twice; and so is the place of a line that is `*`.
   */
  points(lines) {
    lines.split('\n').forEach((line, at) => {
      const [name, property = 'textContent'] = LINES[at].split('.');
      const node = this.parts[`points${name}`];
      if (node[property] !== line && line !== '*') node[property] = line;
    });
  },

  /** Writes an amount: the sign small beside the number, never apart from it. */
  money(row, name, minor) {
    const { sign, number, arabic } = this.written(minor);
    const node = this.rows[row][name];
    const order = arabic ? [number, sign] : [sign, number];
    if (node.textContent === order.join('\u00a0')) return;
    const [first, last] = order.map((piece) => (piece === sign ? make({}, 'span', '', { class: 'sign' }, piece) : piece));
    node.replaceChildren(first, '\u00a0', last);
  },
};
