/**
 * Remembers at least the last `entriesMax / 2` names that were set, and never more than `entriesMax`. Two maps instead of
 * one in the order of use: giving up the oldest entry of a Map, one by one, walks over all that were given up before it.
 */
export class RecentMap<Value> {
  readonly #generationMax: number;
  #recent = new Map<string, Value>();
  #older = new Map<string, Value>();

  constructor(entriesMax: number) {
    this.#generationMax = Math.ceil(entriesMax / 2);
  }

  /** How many entries are held; a name that was set anew may count twice. */
  get size(): number {
    return this.#recent.size + this.#older.size;
  }

  get(name: string): Value | undefined {
    return this.#recent.get(name) ?? this.#older.get(name);
  }

  set(name: string, value: Value): void {
    if (this.#recent.size >= this.#generationMax && !this.#recent.has(name)) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(name, value);
  }

  delete(name: string): void {
    this.#recent.delete(name);
    this.#older.delete(name);
  }
}
