// The files a browser may fetch from the shop as they are: a closed list, read once at the start.
//
// For: style, script and icon, and those of the theme page, revalidated by a tag of their content. Since only names on the list
// are served, no path a visitor invents can reach another file.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const CSS = 'text/css; charset=utf-8';
const SCRIPT = 'text/javascript; charset=utf-8';
const TYPES = {
  'style.css': CSS,
  'shop.js': SCRIPT,
  'money.js': SCRIPT,
  'icon.svg': 'image/svg+xml',
  'theme/theme.css': CSS,
  'theme/theme.js': SCRIPT,
  'theme/states.js': SCRIPT,
  'theme/answers.js': SCRIPT,
  'theme/shopper.js': SCRIPT,
};

const ASSETS = new Map(Object.entries(TYPES).map(([name, type]) => {
  const body = readFileSync(new URL(name.startsWith('theme/') ? `../${name}` : `public/${name}`, import.meta.url));
  return [name, { body, type, tag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"` }];
}));

/** `{status, headers, body}` for a file on the list, null for any other name. */
export function asset(name, knownTag) {
  const file = ASSETS.get(name);
  if (!file) return null;
  const headers = { 'cache-control': 'public, no-cache', etag: file.tag };
  if (knownTag === file.tag) return { status: 304, headers, body: '' };
  return { status: 200, headers: { ...headers, 'content-type': file.type }, body: file.body };
}
