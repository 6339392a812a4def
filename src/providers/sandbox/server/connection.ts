import { closeSync, openSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { PRAGMAS, SCHEMA_STEPS } from './schema.ts';

/** The sandbox's file. Synchronous: one request's work is one transaction that nothing interleaves. */
export class Connection {
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(dataFile: string) {
    // It holds the merchants' keys; SQLite gives its side files the mode of the main one.
    if (dataFile !== ':memory:') closeSync(openSync(dataFile, 'a', 0o600));
    this.#db = new DatabaseSync(dataFile);
    try {
      this.#db.exec(PRAGMAS);
      this.#bringUpToDate();
    } catch (error) {
      this.#db.close();
      throw error;
    }
  }

  close(): void {
    this.#db.close();
  }

  /** Runs the work and commits it, to the disk, before returning; rolls back where it throws. */
  transaction<T>(work: () => T): T {
    this.#db.exec('begin immediate');
    try {
      const result = work();
      this.#db.exec('commit');
      return result;
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('rollback');
      throw error;
    }
  }

  prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#db.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  #bringUpToDate(): void {
    const { version } = this.#db.prepare('select user_version as version from pragma_user_version').get() as {
      version: number;
    };
    if (version > SCHEMA_STEPS.length) throw new Error('The data file is of a newer sandbox');
    for (const [index, step] of SCHEMA_STEPS.entries()) {
      if (index < version) continue;
      this.transaction(() => {
        this.#db.exec(step);
        this.#db.exec(`pragma user_version = ${index + 1}`);
      });
    }
  }
}
