// Charts: bars from zero for each day, one colour for each series, its name written beside it. In Arabic time runs from right to left and the scale stands on
// the right. What a chart shows stands in the table below it as well, so to who cannot see it, it is one sentence.

import uPlot from 'uplot';
import { h } from '../../card/dom.js';
import { exponentOf, locale, shortDay } from '../../card/figures.js';
import { lang } from '../../card/language.js';

const HEIGHT = 260;

/** `days` as texts, and each series with its `name`, `values` in minor units, and colour 1 to 4. */
export function chart({ days, series, currency, label, whole = false }) {
  const node = h('div', { class: 'chart', role: 'img', 'aria-label': label });
  const scale = whole ? 1 : 10 ** exponentOf(currency);
  const data = [days.map((each) => Date.parse(each) / 1_000), ...series.map(({ values }) => values.map((value) => value / scale))];
  let plot = null;
  const draw = () => {
    const width = node.clientWidth;
    if (!width) return;
    plot?.destroy();
    plot = new uPlot(options(node, width, days, series), data, node);
  };
  // Also when it is first put into the page, and when the theme changes.
  new ResizeObserver(draw).observe(node);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => node.isConnected && draw());
  return h(
    'figure',
    {},
    h(
      'figcaption',
      { class: 'series' },
      series.map(({ name, colour }) => h('span', { 'data-series': String(colour) }, name)),
    ),
    node,
  );
}

function options(node, width, days, series) {
  const style = getComputedStyle(node);
  const arabic = lang() === 'ar';
  const font = `12px ${style.fontFamily}`;
  const compact = new Intl.NumberFormat(locale(), { notation: 'compact', maximumFractionDigits: 2 });
  const probe = h('span', { class: 'probe' });
  node.append(probe);
  const ink = (name) => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  const [muted, line] = [ink('--muted'), ink('--line')];
  const count = series.length;
  const made = {
    width,
    height: HEIGHT,
    padding: [14, 8, 0, 8],
    legend: { show: false },
    cursor: { show: false },
    select: { show: false },
    scales: {
      x: { time: false, dir: arabic ? -1 : 1, range: (_, low, high) => [low - 43_200, high + 43_200] },
      y: { range: (_, low, high) => [Math.min(0, low), high > 0 ? high * 1.12 : 1] },
    },
    axes: [
      {
        stroke: muted,
        font,
        size: 28,
        grid: { show: false },
        ticks: { show: false },
        splits: () => some(days, Math.max(2, Math.floor(width / 90))).map((each) => Date.parse(each) / 1_000),
        values: (_, at) => at.map((each) => shortDay(each * 1_000)),
      },
      {
        stroke: muted,
        font,
        side: arabic ? 1 : 3,
        size: 66,
        grid: { stroke: line, width: 1 },
        ticks: { show: false },
        values: (_, at) => at.map((each) => compact.format(each)),
      },
    ],
    series: [{}, ...series.map((each, index) => ({ fill: ink(`--series-${each.colour}`), width: 0, points: { show: false }, paths: bars(index, count) }))],
  };
  probe.remove();
  return made;
}

/** Bars of one series beside those of the others. */
const bars = (index, count) => (plot, series, from, to) => {
  const day = Math.abs(plot.valToPos(86_400, 'x', true) - plot.valToPos(0, 'x', true));
  const room = Math.min(day * 0.72, 64 * count);
  const wide = Math.max(1, room / count - 1);
  const path = new Path2D();
  const zero = plot.valToPos(0, 'y', true);
  // The first series stands where the reading begins.
  const turn = plot.scales.x.dir;
  for (let at = from; at <= to; at += 1) {
    const value = plot.data[series][at];
    if (!value) continue;
    const middle = plot.valToPos(plot.data[0][at], 'x', true) + turn * ((index + 0.5) * (room / count) - room / 2);
    const top = plot.valToPos(value, 'y', true);
    path.roundRect(middle - wide / 2, Math.min(top, zero), wide, Math.abs(zero - top), [Math.min(3, wide / 3), Math.min(3, wide / 3), 0, 0]);
  }
  return { fill: path, stroke: null, clip: null, band: null, gaps: null, flags: 3 };
};

/** At most so many of them, evenly. */
function some(all, most) {
  const step = Math.ceil(all.length / most);
  return all.filter((_, index) => index % step === 0);
}

/** Bars that lie, for what has names instead of days: `rows` of `[name, value, text]`. */
export function lying(rows, label) {
  const most = Math.max(1, ...rows.map(([, value]) => value));
  return h(
    'ul',
    { class: 'lying', 'aria-label': label },
    rows.map(([name, value, text]) =>
      h(
        'li',
        {},
        h('span', { class: 'lying-name' }, name),
        h('span', { class: 'lying-bar', 'aria-hidden': 'true', vars: { '--part': String(Math.max(0, value) / most) } }),
        h('span', { class: 'lying-value' }, text),
      ),
    ),
  );
}
