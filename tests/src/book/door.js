// Hands a request on to the book that its path names.
import { DurableObject } from "cloudflare:workers";

export default {
  fetch(request, env) {
    const name = new URL(request.url).pathname.slice(1);
    return env.JOURNAL.getByName(name).fetch(request);
  },
};

// Of an older version: runs the statements that it is sent, `[sql, …values]` each, all or none.
export class JournalObject extends DurableObject {
  async fetch(request) {
    const statements = await request.json();
    this.ctx.storage.transactionSync(() => {
      for (const [sql, ...values] of statements) this.ctx.storage.sql.exec(sql, ...values);
    });
    return new Response("{}");
  }
}
