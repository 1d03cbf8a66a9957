// Making nodes. What people typed and what a server said becomes text and attributes, never markup, so nothing of it can be run.
//
// `on` takes listeners, `vars` custom properties, `class` a class; other names are properties where the node has them (`value`, `disabled`), else attributes.
// `null`, `undefined` and `false` leave an attribute or a child out.

const SVG = 'http://www.w3.org/2000/svg';

export function h(tag, attributes, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** The same for a drawing. */
export function s(tag, attributes, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

/** Puts other children into a node. */
export function put(node, ...children) {
  node.replaceChildren(...children.flat(Infinity).filter(isThere));
  return node;
}

const isThere = (child) => child !== null && child !== undefined && child !== false;

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (!isThere(value)) continue;
    if (name === 'on') for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    else if (name === 'vars') for (const [property, each] of Object.entries(value)) node.style.setProperty(property, each);
    else if (['value', 'checked', 'disabled', 'required', 'selected', 'open', 'hidden', 'indeterminate', 'htmlFor'].includes(name)) node[name] = value;
    else node.setAttribute(name === 'className' ? 'class' : name, value === true ? '' : value);
  }
  return put(node, ...children);
}

let ids = 0;

/** An id that no other node has. */
export const freshId = () => `id-${(ids += 1)}`;
