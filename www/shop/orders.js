// The shop's orders: what they hold, and where they are kept.
//
// For: an order outlives a failing API, a declining bank and a restart of this server. It is kept
// in memory and, with a folder given, as one JSON file each, replaced whole (write, sync, rename),
// so a crash leaves the old file or the new one. Work on one order happens one at a time: two
// clicks on "Pay" become one payment followed by a look at a paid order.
// Leaves out: what the steps mean (sale.js).
//
// An order's id is in its address and nowhere else: 128 random bits, so that having the address is
// having the order. That needs no cookie, lets two tabs be two orders, and leaves nothing for
// another site to ride on.

import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FIRST_BASKET, basketTotal } from './goods.js';

const FILE = /^[A-Za-z0-9_-]{22}\.json$/;

// Every visit makes an order; the oldest unpaid one makes room, so visits cannot fill the machine.
const MAX_ORDERS = 10_000;

export function orderBook(folder) {
  const orders = folder ? load(folder) : new Map();
  const queues = new Map();
  let lastNumber = [...orders.values()].reduce((last, order) => Math.max(last, order.number), folder ? 1041 : clockNumber());

  async function save(order) {
    orders.set(order.id, order);
    if (folder) await writeWhole(folder, order);
    return order;
  }

  return {
    save,
    async create(lang) {
      if (orders.size >= MAX_ORDERS) await makeRoom(orders, folder);
      lastNumber += 1;
      return save(newOrder(lastNumber, lang));
    },

    /** Runs `work(order)` when all earlier work on this order is over; null when there is none. */
    async with(id, work) {
      if (!orders.has(id)) return null;
      const turn = (queues.get(id) ?? Promise.resolve()).then(() => work(orders.get(id)));
      const done = turn.catch(() => {});
      queues.set(id, done);
      try {
        return await turn;
      } finally {
        if (queues.get(id) === done) queues.delete(id);
      }
    },
  };
}

function newOrder(number, lang) {
  return {
    id: randomBytes(16).toString('base64url'),
    number,
    lang,
    created_at: new Date().toISOString(),
    lines: structuredClone(FIRST_BASKET),
    // Idempotency keys are built on this seed, not on the id: the id opens the order.
    seed: randomBytes(12).toString('hex'),
    // A round is one checkout of this order; an attempt is one try to pay in it.
    round: 1,
    attempt: 1,
    checkout: null,
    // Where a payment stands when it is under way: authorize, charge, capture or void.
    step: null,
    // The amount on the button that the shopper pressed: no other may be charged.
    agreed: null,
    split: null,
    card: null,
    charge: null,
    paid_at: null,
    refunds: [],
    refund_attempt: 1,
    refund_pending: null,
    notice: null,
  };
}

export const orderTotal = (order) => basketTotal(order.lines);

/** What the shop calls this order towards Raseed. A new round is a new purchase attempt there. */
export function reference(order) {
  return order.round === 1 ? `noor-${order.number}` : `noor-${order.number}-${order.round}`;
}

// Without a folder nothing remembers the last number; the clock keeps references from repeating
// when the shop restarts beside an API that does remember.
function clockNumber() {
  return 100_000 + (Math.floor(Date.now() / 1_000) % 900_000);
}

function load(folder) {
  mkdirSync(folder, { recursive: true });
  const found = [];
  for (const name of readdirSync(folder)) {
    if (!FILE.test(name)) continue;
    try {
      found.push(JSON.parse(readFileSync(join(folder, name), 'utf8')));
    } catch (error) {
      // A file somebody damaged is left for them to look at; the other orders are still served.
      console.error(`order ${name} cannot be read: ${error.message}`);
    }
  }
  found.sort((a, b) => a.number - b.number);
  return new Map(found.map((order) => [order.id, order]));
}

async function writeWhole(folder, order) {
  const path = join(folder, `${order.id}.json`);
  // Whoever can read an order can open it, so its file is the shop's alone.
  const file = await open(`${path}.new`, 'w', 0o600);
  try {
    await file.writeFile(JSON.stringify(order, null, 1));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}

async function makeRoom(orders, folder) {
  for (const order of orders.values()) {
    if (order.paid_at || order.step) continue;
    orders.delete(order.id);
    if (folder) await rm(join(folder, `${order.id}.json`), { force: true });
    return;
  }
  throw new Error('every order is paid or being paid, and there is room for no more');
}
