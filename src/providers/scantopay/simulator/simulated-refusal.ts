/** An answer of the provider's own that says no. */
export class SimulatedRefusal extends Error {
  override readonly name = 'SimulatedRefusal';
  readonly status: number;

  constructor(status: number, sentence: string) {
    super(sentence);
    this.status = status;
  }
}
