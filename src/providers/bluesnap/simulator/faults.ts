/** The kinds of requests a fault can be meant for. */
export type Operation = 'token' | 'charge' | 'change' | 'refund' | 'read';

/**
 * What goes wrong with one request. `lost`, `bad_gateway`, `truncated`, `held`: it is done, and the answer does not come,
 * comes as a proxy's page, half, or never. `rate_limited`, `busy`: it is turned away unread. An object: it is not done,
 * and that is the answer.
 */
export type Fault =
  | 'lost'
  | 'bad_gateway'
  | 'truncated'
  | 'held'
  | 'rate_limited'
  | 'busy'
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body: string };

/** Faults in line, each for the next request of its kind. */
export class Faults {
  readonly #waiting: { readonly operation: Operation; readonly fault: Fault }[] = [];

  add(operation: Operation, fault: Fault): void {
    this.#waiting.push({ operation, fault });
  }

  take(operation: Operation): Fault | null {
    const at = this.#waiting.findIndex((each) => each.operation === operation);
    return at === -1 ? null : (this.#waiting.splice(at, 1)[0]?.fault ?? null);
  }
}
