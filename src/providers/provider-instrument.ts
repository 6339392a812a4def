/** What a payer paid with, masked: of a card number the first six and the last four digits at most (PCI DSS 3.4.1). */
export interface Instrument {
  readonly type: 'card' | 'account' | 'wallet';
  /** The scheme or kind in the provider's words, such as `visa`. */
  readonly brand?: string;
  /** The first six digits. */
  readonly bin?: string;
  /** The last four digits. */
  readonly last4?: string;
  /** Such as `credit` or `savings`. */
  readonly accountType?: string;
}
