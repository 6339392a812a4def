/** What a provider's statement says of an operation; amounts signed as the balance there moves, in minor units. */
export interface Settlement {
  readonly gross: bigint;
  readonly fee: bigint;
  readonly net: bigint;
  readonly statementId: string;
  /** When the money is or was free to be paid out, as far as the statement tells. */
  readonly settledAt: Temporal.Instant;
}
