// What all pages of the shop share: the document around them, amounts, codes, notices.
//
// For: one place that sets language, direction and the page's head. The content security policy
// that fits these pages is here too, beside the markup that has to live with it.

import { html } from './html.js';
import { DIRECTION, LANGUAGES, has, say, text } from './words.js';
import { figure, pieces } from './public/money.js';
import { MARK } from './drawings.js';

/**
 * Scripts and connections to this shop and to Raseed's edge, and to nobody else. The widget brings
 * WebAssembly, which the policy has to name; it needs no inline style and no inline script.
 * `frames`: who may frame the page and be framed by it.
 */
export function policy(edge, frames = "'none'") {
  return [
    "default-src 'none'",
    `script-src 'self' ${edge} 'wasm-unsafe-eval'`,
    `connect-src ${edge} 'self'`,
    "style-src 'self'",
    "img-src 'self' data:",
    "form-action 'self'",
    "base-uri 'none'",
    `frame-src ${frames}`,
    `frame-ancestors ${frames}`,
  ].join('; ');
}

export function layout({ lang, title, path, head, body }) {
  const other = LANGUAGES.find((each) => each !== lang);
  return html`<!doctype html>
<html lang="${lang}" dir="${DIRECTION[lang]}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title} · ${text(lang, 'shop')}</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/style.css">
${head}
</head>
<body>
<div class="lattice" aria-hidden="true"></div>
<header class="top">
  <a class="brand" href="/?lang=${lang}">${MARK}<span class="name">${text(lang, 'shop')}</span> <span class="goods">${text(lang, 'goods')}</span></a>
  <a class="language" href="${path}?lang=${other}" hreflang="${other}" lang="${other}">${text(lang, 'other_language')}</a>
</header>
${body}
<footer class="bottom">${text(lang, 'footer')}</footer>
</body>
</html>
`;
}

/** An amount that reads rightly inside any sentence: number large, currency small, never parted. */
export function amount(minor, lang) {
  const [first, last] = pieces(minor, lang).map((piece) => (piece.kind === 'number'
    ? html`<data class="number" value="${piece.value}">${piece.text}</data>`
    : html`<span class="currency">${piece.text}</span>`));
  return html`<bdi class="amount" dir="${DIRECTION[lang]}">${first}&nbsp;${last}</bdi>`;
}

/** A reference or code: always left to right, whatever stands around it. */
export const code = (value) => html`<bdi class="code" dir="ltr">${value}</bdi>`;

/** The end of a card's number. The dots stand for what is not shown and are not read out. */
export const last4 = (value) => html`<bdi class="code" dir="ltr"><span aria-hidden="true">••••&nbsp;</span>${value}</bdi>`;

// These say that something the shopper did has failed; the others say how things stand.
const BAD = new Set(['bank_declined', 'bank_declined_released', 'refused', 'refund_amount', 'misconfigured']);

/** What the shopper must know before going on; focused by the page's script so that it is heard. */
export function notice(lang, { code: name, amount: minor, reason } = {}) {
  if (!name) return null;
  const known = has(`notice_${reason}`) ? `notice_${reason}` : `notice_${name}`;
  const values = { amount: minor === undefined ? '' : amount(minor, lang), reason: code(reason), example: figure(4000, lang) };
  return html`<div class="notice${BAD.has(name) && ' bad'}" role="alert" tabindex="-1"><p>${say(lang, known, values)}</p></div>`;
}
