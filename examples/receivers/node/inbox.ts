import { DatabaseSync } from 'node:sqlite';

/**
 * Notifications that were believed and acknowledged, and are not worked off yet. What is acknowledged is never sent again,
 * so it is written down first; in a shop with a database, into a table of that database.
 */
export class Inbox {
  readonly #database: DatabaseSync;
  #working: Promise<void> | null = null;

  constructor(file: string) {
    this.#database = new DatabaseSync(file);
    this.#database.exec(`create table if not exists inbox (
      fact text primary key, said text not null, done integer not null default 0) strict`);
  }

  /** Writes it down, unless it is known. `fact`: the same for every copy of a notification. */
  take(fact: string, said: unknown): void {
    const insert = this.#database.prepare('insert into inbox (fact, said) values (?, ?) on conflict do nothing');
    insert.run(fact, JSON.stringify(said));
  }

  /** Works off what waits, oldest first and one at a time. What fails, or is cut short by a crash, waits for the next call. */
  async workOff(work: (said: unknown) => Promise<void> | void, failed: (error: unknown) => void): Promise<void> {
    // Behind whoever is at it: what was taken meanwhile may have come too late for them.
    this.#working = (this.#working ?? Promise.resolve()).then(async () => {
      for (const { fact, said } of this.#database.prepare('select * from inbox where done = 0 order by rowid').all()) {
        try {
          await work(JSON.parse(String(said)));
          this.#database.prepare('update inbox set done = 1 where fact = ?').run(String(fact));
        } catch (error) {
          failed(error);
        }
      }
    });
    return this.#working;
  }

  close(): void {
    this.#database.close();
  }
}
