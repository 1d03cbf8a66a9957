// A toy payment provider in place of a bank, so that the demo exercises both of its answers.
//
// For: charging what gift cards leave open, and giving a charge back. It behaves as a real
// provider does where it matters: a charge is asked for under a key, and the same key is the
// same charge. Leaves out: card numbers. A demonstration must never invite anybody to type a
// real one, so the page offers two cards to choose from. Charges live in memory only.

export const CARDS = new Map([
  ['accepted', { last4: '4242', accepts: true }],
  ['declined', { last4: '0002', accepts: false }],
]);

export function toyBank() {
  const charges = new Map();

  return {
    /** `{status: "charged" | "declined", id, amount, currency, last4}`, once for each key. */
    async charge({ key, amount, currency, card }) {
      const known = charges.get(key);
      if (known) return known;
      const { last4, accepts } = CARDS.get(card);
      const charge = { id: `ch_${key}`, status: accepts ? 'charged' : 'declined', amount, currency, last4 };
      charges.set(key, charge);
      return charge;
    },

    /** Gives a whole charge back; giving it back twice is giving it back once. */
    async giveBack(id) {
      for (const charge of charges.values()) if (charge.id === id) charge.status = 'returned';
    },
  };
}
