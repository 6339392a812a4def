interface CacheOptions {
  /** How long a value is believed, counted from before it was read: it may have been that old already. */
  readonly lifetimeMs: number;
  /** Reached, everything is forgotten; names may be a stranger's, and memory is bounded. */
  readonly entriesMax: number;
}

/** Values that are read often and may be a little old. Failures are not remembered. */
export class ExpiringCache<Value> {
  readonly #options: CacheOptions;
  readonly #entries = new Map<string, { readonly value: Value; readonly untilMs: number }>();
  readonly #loading = new Map<string, Promise<Value>>();

  constructor(options: CacheOptions) {
    this.#options = options;
  }

  /** The value remembered under the name, or the one that `load` reads now; who misses it together reads it once. */
  async get(name: string, load: () => Promise<Value>): Promise<Value> {
    const nowMs = performance.now();
    const known = this.#entries.get(name);
    if (known !== undefined && known.untilMs > nowMs) return known.value;
    const underWay = this.#loading.get(name);
    if (underWay !== undefined) return underWay;
    const loading = load();
    this.#loading.set(name, loading);
    try {
      const value = await loading;
      if (this.#loading.get(name) === loading) this.#remember(name, value, nowMs);
      return value;
    } finally {
      if (this.#loading.get(name) === loading) this.#loading.delete(name);
    }
  }

  /** The value remembered under the name; undefined where it must be loaded. */
  peek(name: string): Value | undefined {
    const known = this.#entries.get(name);
    return known !== undefined && known.untilMs > performance.now() ? known.value : undefined;
  }

  /** Forgets a name, and what is just being loaded for it, which may have been read before it changed. */
  forget(name: string): void {
    this.#entries.delete(name);
    this.#loading.delete(name);
  }

  set(name: string, value: Value): void {
    this.#remember(name, value, performance.now());
  }

  #remember(name: string, value: Value, readAtMs: number): void {
    if (this.#entries.size >= this.#options.entriesMax) this.#entries.clear();
    this.#entries.set(name, { value, untilMs: readAtMs + this.#options.lifetimeMs });
  }
}
