/** How many refused notifications of one account are kept in a minute; a forger must not fill the disk with evidence. */
const KEPT_PER_MINUTE = 60;
/** Of a refused body so much is kept: it proves what was tried. A longer one is cut, and so never verifies again. */
export const REFUSED_BODY_BYTES_MAX = 8_192;
const ACCOUNTS_MAX = 10_000;
const MINUTE_MS = 60_000;

/** Says which refused notifications are kept; counts for this process. */
export class RefusedEvidence {
  readonly #counts = new Map<string, { count: number; readonly sinceMs: number }>();

  /** Whether one more of this account is kept. `nowMs` is monotonic. */
  mayKeep(providerAccountId: string, nowMs: number): boolean {
    const known = this.#counts.get(providerAccountId);
    if (known === undefined || nowMs - known.sinceMs >= MINUTE_MS) {
      if (this.#counts.size >= ACCOUNTS_MAX) this.#counts.clear();
      this.#counts.set(providerAccountId, { count: 1, sinceMs: nowMs });
      return true;
    }
    known.count++;
    return known.count <= KEPT_PER_MINUTE;
  }
}
