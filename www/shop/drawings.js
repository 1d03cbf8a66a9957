// The shop's pictures, drawn in place: an incense burner, dates on a branch, a coffee pot.
//
// For: inline SVG that takes its colours from the style sheet, so it follows light and dark, and
// costs no request. All of it is decoration beside words, so it is hidden from screen readers.

import { html } from './html.js';

const OUD = html`
  <path class="art-smoke" d="M45 24c-7-6 6-9 0-18M55 23c6-5-4-9 2-16M36 25c-4-5 3-7-1-12"/>
  <path class="art-ember" d="M35 34c0-4 4-6 7-4 2-5 9-5 11 0 3-3 8-1 8 4z"/>
  <path class="art-c" d="M22 33h52a3 3 0 0 1 3 3v2H19v-2a3 3 0 0 1 3-3z"/>
  <path class="art-b" d="M23 38h50l-6 18H29z"/>
  <path class="art-a" d="M29 56h38L56 67H40z"/>
  <path class="art-b" d="M40 67h16l11 18H29z"/>
  <path class="art-c" d="M25 85h46v4H25z"/>
  <path class="art-light" d="M48 71l4 5-4 5-4-5zM32.5 43h5l-1 8h-2zM45.5 43h5v8h-5zM58.5 43h5l-2 8h-2z"/>`;

const DATES = html`
  <path class="art-leaf" d="M48 13C60 4 76 6 88 22 74 26 58 24 48 13zM48 13C36 4 20 6 8 22c14 4 30 2 40-9z"/>
  <path class="art-vein" d="M52 13c11 0 21 2 30 8M44 13c-11 0-21 2-30 8"/>
  <path class="art-stem" d="M48 12v32M48 22c-10 3-17 8-20 17M48 22c10 3 17 8 20 17"/>
  <g class="art-b">
    <ellipse cx="27" cy="51" rx="10" ry="14.5" transform="rotate(12 27 51)"/>
    <ellipse cx="69" cy="51" rx="10" ry="14.5" transform="rotate(-12 69 51)"/>
  </g>
  <g class="art-a">
    <ellipse cx="37" cy="71" rx="10" ry="14.5" transform="rotate(7 37 71)"/>
    <ellipse cx="59" cy="71" rx="10" ry="14.5" transform="rotate(-7 59 71)"/>
  </g>
  <ellipse class="art-c" cx="48" cy="55" rx="10.5" ry="15.5"/>
  <path class="art-shine" d="M43 48c-1 4-1 8 .5 11M22 46c-1.5 3-1.5 7-.5 10M65 44c-1 4-1 8 0 11M32 65c-1 3-1 7 0 10M54 65c-1 3-1 7 0 10"/>`;

const COFFEE = html`
  <path class="art-handle" d="M62 33c19-5 25 11 17 25-3 6-8 11-13 13"/>
  <path class="art-b" d="M37 42C26 37 16 29 7 18c-2-3 1-5 4-4 13 3 22 8 30 17z"/>
  <path class="art-a" d="M34 34h30c-1 9 9 20 9 34 0 9-4 16-11 18H36c-7-2-11-9-11-18 0-14 10-25 9-34z"/>
  <path class="art-c" d="M31 29h36l-2 7H33zM34 85h30l2 5H32z"/>
  <path class="art-b" d="M35 29c0-9 6-13 14-13s14 4 14 13z"/>
  <path class="art-c" d="M49 4c3 3 4 5 2 8l-.5 4h-3l-.5-4c-2-3-1-5 2-8z"/>
  <path class="art-shine" d="M40 43c-4 7-8 14-8 23"/>
  <path class="art-light" d="M49 51l3.5 5-3.5 5-3.5-5zM59 54l2.5 3.5L59 61l-2.5-3.5zM39 54l2.5 3.5L39 61l-2.5-3.5z"/>
  <path class="art-line" d="M26.5 68c14 3.5 31 3.5 45 0"/>`;

const ART = { oud: OUD, dates: DATES, coffee: COFFEE };

export function picture(sku) {
  return html`<svg class="art art-${sku}" viewBox="0 0 96 96" aria-hidden="true" focusable="false">${ART[sku]}</svg>`;
}

/** The shop's mark: the eight-pointed star of its tiles, with a light in it. */
export const MARK = html`<svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
  <path d="M16 2.5l4 4h5.5V12l4 4-4 4v5.5H20l-4 4-4-4H6.5V20l-4-4 4-4V6.5H12z"/><circle cx="16" cy="16" r="4"/></svg>`;

/** The little card that stands for a way of paying; the style sheet gives it its colour. */
export function littleCard(tint) {
  return html`<svg class="little-card tint-${tint}" viewBox="0 0 32 20" aria-hidden="true" focusable="false">
  <rect width="32" height="20" rx="4"/><rect class="chip" x="20" y="12" width="7" height="4" rx="2"/></svg>`;
}

const sign = (d) => html`<svg class="sign" viewBox="0 0 16 16" aria-hidden="true" focusable="false"><path d="${d}"/></svg>`;
export const MINUS = sign('M3 8h10');
export const PLUS = sign('M3 8h10M8 3v10');

export const TICK = html`<svg class="tick" viewBox="0 0 48 48" aria-hidden="true" focusable="false">
  <circle cx="24" cy="24" r="22"/><path d="M15 24.5l6.5 6.5L34 18"/></svg>`;

/** How a total was paid, as one bar: each share in its own tint. `shares` is `[{amount, tint}]`. */
export function coverageBar(shares, total) {
  // The gap between two shares, a two-hundredth of the bar, is taken from the one before it.
  const gap = total / 200;
  let start = 0;
  const bars = shares.map(({ amount, tint }) => {
    const isLast = start + amount >= total;
    const bar = html`<rect class="tint-${tint}" x="${start}" width="${isLast ? amount : Math.max(amount - gap, amount / 2)}" height="6"/>`;
    start += amount;
    return bar;
  });
  return html`<svg class="coverage" viewBox="0 0 ${total} 6" preserveAspectRatio="none" aria-hidden="true" focusable="false">${bars}</svg>`;
}
