// Markup that cannot forget to escape.
//
// For: the `html` template tag. Every value put into it is escaped unless it came out of `html`
// itself, so text from a shopper, from the API or from the catalogue is always shown as text.
// Leaves out: raw strings. There is no way to mark a foreign string as safe.

const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

class Markup {
  #text;
  constructor(text) {
    this.#text = text;
  }
  toString() {
    return this.#text;
  }
}

export function html(strings, ...values) {
  return new Markup(strings.reduce((text, part, index) => text + put(values[index - 1]) + part));
}

// Nothing is written for null, undefined and false, so that `condition && html`…`` reads well.
function put(value) {
  if (value instanceof Markup) return value.toString();
  if (Array.isArray(value)) return value.map(put).join('');
  if (value === null || value === undefined || value === false) return '';
  return String(value).replace(/[&<>"']/g, (character) => ENTITIES[character]);
}
