// The card, drawn: 85.6 by 54 as in a wallet, in the programme's colours, the amount set large. The card page and the console draw the same.
//
// The pattern is black under light words and white under dark ones, so it only ever adds to the contrast that the server has seen to.

import { h, s } from './dom.js';
import { written } from './figures.js';
import { lang } from './language.js';

const WIDE = 856;
const HIGH = 540;

export const PATTERNS = ['plain', 'stripes', 'dots', 'waves', 'stars', 'lattice'];

/** A card. `amount` is in minor units of `currency`; without one the place stays free. */
export function face({ shop, name, line, amount, currency, look, last4, language = lang(), small = false }) {
  const { colour = '#0f766e', on_colour = '#ffffff', pattern = 'plain' } = look ?? {};
  return h(
    'div',
    {
      class: small ? 'face small' : 'face',
      vars: { '--card': colour, '--on-card': on_colour, '--pattern': isLight(on_colour) ? '#000' : '#fff' },
      dir: language === 'ar' ? 'rtl' : 'ltr',
      lang: language,
    },
    drawing(pattern),
    small ? null : h('div', { class: 'face-words' }, h('p', { class: 'face-shop' }, shop ?? ''), h('p', { class: 'face-name' }, name ?? '')),
    small
      ? null
      : h(
          'div',
          { class: 'face-foot' },
          h('div', {}, amount === undefined || amount === null ? null : sum(amount, currency, language), line ? h('p', { class: 'face-line' }, line) : null),
          last4 ? h('p', { class: 'face-last', dir: 'ltr' }, `•••• ${last4}`) : null,
        ),
    h('span', { class: 'face-chip', 'aria-hidden': 'true' }),
  );
}

/** An amount set large, its sign smaller beside it. */
export function sum(minor, currency, language = lang()) {
  const { sign, number, arabic } = written(minor, currency, language, true);
  const parts = [h('span', { class: 'sign' }, sign), '\u00a0', h('span', { class: 'number' }, number)];
  return h('p', { class: 'sum', dir: arabic ? 'rtl' : 'ltr' }, arabic ? parts.reverse() : parts);
}

function drawing(pattern) {
  const draw = DRAWINGS[pattern] ?? DRAWINGS.plain;
  return s('svg', { class: `face-pattern ${pattern}`, viewBox: `0 0 ${WIDE} ${HIGH}`, preserveAspectRatio: 'xMaxYMin slice', 'aria-hidden': 'true' }, draw());
}

/** Numbers from 0 in steps up to a bound. */
const steps = (bound, step, from = 0) => Array.from({ length: Math.ceil((bound - from) / step) }, (_, index) => from + index * step);

const path = (d, more) => s('path', { d, ...more });
const lines = (d, width) => path(d, { fill: 'none', stroke: 'currentColor', 'stroke-width': width });

// An eight-pointed star, two squares one over the other.
const star = (x, y, size) => {
  const at = (turn) => `${(x + size * Math.cos(turn)).toFixed(1)} ${(y + size * Math.sin(turn)).toFixed(1)}`;
  const square = (from) => `M${[0, 1, 2, 3].map((corner) => at(from + (corner * Math.PI) / 2)).join('L')}Z`;
  return square(0) + square(Math.PI / 4);
};

const DRAWINGS = {
  plain: () => s('circle', { cx: 790, cy: 40, r: 300, fill: 'currentColor', 'fill-opacity': 0.35 }),
  stripes: () =>
    lines(
      steps(WIDE + HIGH, 74)
        .map((x) => `M${x} -10L${x - HIGH} ${HIGH + 10}`)
        .join(''),
      26,
    ),
  dots: () =>
    path(
      steps(WIDE, 46, 20)
        .flatMap((x) => steps(HIGH, 46, 20).map((y) => dot(x, y, 3 + (9 * x) / WIDE)))
        .join(''),
      { fill: 'currentColor' },
    ),
  waves: () =>
    lines(
      steps(HIGH + 80, 44, -20)
        .map(
          (y) =>
            `M-40 ${y}` +
            steps(WIDE + 80, 120)
              .map(() => 'q30 -34 60 0t60 0')
              .join(''),
        )
        .join(''),
      9,
    ),
  stars: () => [
    path(
      steps(WIDE, 150, 70)
        .flatMap((x, column) => steps(HIGH, 150, column % 2 ? 130 : 55).map((y) => star(x, y, 26 + ((column * 7) % 4) * 7)))
        .join(''),
      { fill: 'currentColor' },
    ),
  ],
  lattice: () => [
    lines(
      steps(WIDE + 120, 120)
        .flatMap((x) => steps(HIGH + 120, 120).map((y) => star(x, y, 60)))
        .join(''),
      5,
    ),
    lines(
      steps(WIDE + 120, 120, 60)
        .flatMap((x) => steps(HIGH + 120, 120, 60).map((y) => `M${x - 35} ${y}L${x} ${y - 35}L${x + 35} ${y}L${x} ${y + 35}Z`))
        .join(''),
      5,
    ),
  ],
};

const dot = (x, y, r) => `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`;

/** The relative luminance of WCAG 2.2. */
function light(colour) {
  const [red, green, blue] = [1, 3, 5]
    .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

const isLight = (colour) => light(colour) > 0.4;

/** Whether text of one colour can be read on the other: WCAG 2.2 asks 4.5 to 1. The server decides; this only says so before. */
export function readsOn(one, other) {
  const [dark, bright] = [light(one), light(other)].sort((a, b) => a - b);
  return (bright + 0.05) / (dark + 0.05) >= 4.5;
}

/** The text colour that the server would choose. */
export const inkOn = (colour) => ['#ffffff', '#14171a', '#000000'].find((ink) => readsOn(ink, colour)) ?? '#ffffff';
