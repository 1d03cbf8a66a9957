// What the shop sells, and what an order of it costs.
//
// For: the catalogue and the sums of a basket. Prices include VAT, as Saudi shops must show them,
// so the lines add up to the total and VAT is a part of it, never an addition.
// Leaves out: stock, discounts, delivery zones.

export const VAT_RATE = 0.15;

// One basket line is a household's purchase; more is a wholesale order and another conversation.
export const MAX_QUANTITY = 20;

export const GOODS = new Map([
  ['oud', {
    price: 9500,
    name: { ar: 'بخور عود', en: 'Oud incense' },
    note: { ar: 'كِسر عود طبيعي، ٣٠\u00a0غرامًا', en: 'Natural oud chips, 30\u00a0g' },
  }],
  ['dates', {
    price: 6500,
    name: { ar: 'تمر عجوة المدينة', en: 'Ajwa dates from Madinah' },
    note: { ar: 'محصول هذا الموسم، كيلوغرام', en: 'This season’s harvest, 1\u00a0kg' },
  }],
  ['coffee', {
    price: 4500,
    name: { ar: 'قهوة خولانية بالهيل', en: 'Khawlani coffee with cardamom' },
    note: { ar: 'تحميص فاتح، ٢٥٠\u00a0غرامًا', en: 'Light roast, 250\u00a0g' },
  }],
]);

/** What a new visitor finds in the basket: 250.00 riyals exactly. */
export const FIRST_BASKET = [
  { sku: 'oud', quantity: 1 },
  { sku: 'dates', quantity: 1 },
  { sku: 'coffee', quantity: 2 },
];

export const lineTotal = ({ sku, quantity }) => GOODS.get(sku).price * quantity;

export const basketTotal = (lines) => lines.reduce((sum, line) => sum + lineTotal(line), 0);

/** The VAT inside a total that includes it, rounded half up to a halala. */
export function vatWithin(total) {
  const rate = Math.round(VAT_RATE * 100);
  return Math.floor((total * rate * 2 + (100 + rate)) / (2 * (100 + rate)));
}
