import { AsyncLocalStorage } from 'node:async_hooks';
import type { Queryable } from './database.ts';

/** What a verb tells of what it does, for the entry about it. */
export interface ActNotes {
  /** The id of what was made or changed. */
  readonly targetId?: string;
  readonly before?: Readonly<Record<string, unknown>>;
  readonly after?: Readonly<Record<string, unknown>>;
}

/**
 * Something that somebody does and that is to be recorded once: by the first transaction that commits on its behalf, as
 * a part of it. `Database.transaction` does that for the act it runs in; who writes for several at once enters each.
 */
export class Act {
  /** Whose record it goes to; who enters several acts in one transaction sorts them by it, since each locks its own. */
  readonly chain: string;
  readonly #write: (tx: Queryable, notes: ActNotes) => Promise<void>;
  #state: 'open' | 'entered' | 'kept' | 'over' = 'open';
  #notes: ActNotes = {};

  constructor(chain: string, write: (tx: Queryable, notes: ActNotes) => Promise<void>) {
    this.chain = chain;
    this.#write = write;
  }

  get isKept(): boolean {
    return this.#state === 'kept';
  }

  note(notes: ActNotes): void {
    this.#notes = { ...this.#notes, ...notes };
  }

  /** Writes the entry unless another transaction has done so or is doing so; true: this one did, and says how it ended. */
  async enter(tx: Queryable): Promise<boolean> {
    if (this.#state !== 'open') return false;
    this.#state = 'entered';
    try {
      await this.#write(tx, this.#notes);
      return true;
    } catch (error) {
      this.#state = 'open';
      throw error;
    }
  }

  /** The transaction that entered it has committed, or has not. */
  settle(committed: boolean): void {
    if (this.#state === 'entered') this.#state = committed ? 'kept' : 'open';
  }

  /** Its answer is known: what is still written for it says nothing of it any more. */
  end(): void {
    if (this.#state === 'open') this.#state = 'over';
  }
}

const acts = new AsyncLocalStorage<Act | undefined>();

/** The act on whose behalf this code runs, where there is one. */
export function currentAct(): Act | undefined {
  return acts.getStore();
}

/** Runs work on behalf of an act. */
export function runAs<T>(act: Act, work: () => T): T {
  return acts.run(act, work);
}

/** Runs work that serves many at once, whoever happened to start it. */
export function runForMany<T>(work: () => T): T {
  return acts.getStore() === undefined ? work() : acts.run(undefined, work);
}

/** Says what the current act makes or changes; does nothing outside of one. */
export function noteAct(notes: ActNotes): void {
  acts.getStore()?.note(notes);
}

interface LastWrite {
  readonly chain: string;
  readonly write: () => Promise<void>;
}

const lastWrites = new WeakMap<Queryable, LastWrite[]>();

/**
 * Has something appended to a chain at the end of a transaction: a chain is locked from then on, and whoever locked it
 * earlier would wait crosswise for those who lock their rows first.
 */
export function writeLast(tx: Queryable, chain: string, write: () => Promise<void>): void {
  const waiting = lastWrites.get(tx) ?? [];
  lastWrites.set(tx, [...waiting, { chain, write }]);
}

/** Writes what was left for the end, and enters the act, in the order of the chains; whether the act was entered. */
export async function finishTransaction(tx: Queryable, act: Act | undefined): Promise<boolean> {
  let entered = false;
  const enter = async () => {
    entered = (await act?.enter(tx)) ?? false;
  };
  const own = act === undefined ? [] : [{ chain: act.chain, write: enter }];
  const writes = [...(lastWrites.get(tx) ?? []), ...own];
  for (const { write } of writes.toSorted((one, other) => (one.chain < other.chain ? -1 : 1))) await write();
  return entered;
}
