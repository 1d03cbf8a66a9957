// The two marks that a till can read, as drawings: a QR code and a Code 128. Dark on white in every theme, with the quiet room that readers need, and as wide
// as whole pixels for each module, so that no screen makes one bar wider than its equal.

import encodeQR from 'qr';
import CODE128 from 'jsbarcode/bin/barcodes/CODE128/CODE128_AUTO.js';
import { s } from './dom.js';

/** A QR code. Error correction `medium` survives a folded print; the quiet zone is four modules, as ISO 18004 has it. */
export function qr(text, label, pixels = 4) {
  const rows = encodeQR(text, 'raw', { ecc: 'medium', border: 4 });
  const path = rows.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join('');
  return drawing('qr', rows.length, rows.length, path, label, pixels, pixels);
}

/** A Code 128 of the letters and digits alone: what only groups them would make it a sixth wider. Ten modules are left free on either side. */
export function barcode(text, label) {
  const { data } = new CODE128(text.replaceAll('-', ''), {}).encode();
  const path = [...data].map((bar, x) => (bar === '1' ? `M${x + 10} 0h1v40h-1z` : '')).join('');
  return drawing('barcode', data.length + 20, 40, path, label, 1, 1.8);
}

function drawing(name, width, height, path, label, across, down) {
  const view = {
    class: `mark ${name}`,
    width: width * across,
    height: height * down,
    viewBox: `0 0 ${width} ${height}`,
    'shape-rendering': 'crispEdges',
    role: 'img',
    'aria-label': label,
  };
  if (name === 'barcode') view.preserveAspectRatio = 'none';
  return s('svg', view, s('rect', { width, height, fill: '#fff' }), s('path', { d: path, fill: '#000' }));
}
