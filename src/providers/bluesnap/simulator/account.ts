/** The state of one merchant's account at the simulated BlueSnap. Amounts are minor units. */
export interface Account {
  readonly user: string;
  readonly password: string;
  readonly merchantId: string;
  /** Where notifications go; null: they are made, and kept in the list of what was sent, and sent nowhere. */
  readonly ipnUrl: string | null;
  /** Signs notifications; null: they carry no signature. */
  readonly ipnKey: string | null;
  /** Makes `authKey`; with `requireReceipt` also the receipts that are waited for. */
  readonly dataProtectionKey: string | null;
  readonly requireReceipt: boolean;
}

export interface Refund {
  readonly id: string;
  readonly amount: bigint;
  readonly status: 'SUCCESS' | 'PENDING';
  readonly reason: string;
  readonly metaData: readonly MetaData[];
}

export interface Chargeback {
  readonly id: string;
  readonly amount: bigint;
  readonly at: number;
  status: string;
}

export interface MetaData {
  readonly metaKey: string;
  readonly metaValue: string;
  readonly metaDescription?: string;
}

export interface Transaction {
  readonly id: string;
  readonly merchantTransactionId: string | null;
  type: 'AUTH_ONLY' | 'AUTH_CAPTURE' | 'CAPTURE' | 'AUTH_REVERSAL';
  status: 'SUCCESS' | 'PENDING_MERCHANT_REVIEW';
  /** What is authorized, or what was captured of it. */
  amount: bigint;
  readonly currency: string;
  readonly softDescriptor: string | null;
  readonly holder: Readonly<Record<string, unknown>>;
  readonly authorizedAt: number;
  metaData: readonly MetaData[];
  readonly refunds: Refund[];
  readonly chargebacks: Chargeback[];
}

/** A session of the hosted fields: open, then with a card, then used up by the transaction that was made with it. */
export interface Token {
  readonly token: string;
  readonly openedAt: number;
  card: Card | null;
  usedBy: string | null;
  /** The fields in the merchant's page that hold something fitting, and the card that the number stands for. */
  readonly fields: Set<string>;
  numbered: Card | null;
}

/** What the bank will say: yes, yes after a review, or the name of its no. */
export type Card = 'approve' | 'review' | { readonly decline: string };

export interface Books {
  readonly tokens: Map<string, Token>;
  readonly transactions: Map<string, Transaction>;
  nextId: number;
}

/** Books with nothing in them. */
export function openBooks(): Books {
  return { tokens: new Map(), transactions: new Map(), nextId: 1_000_000_001 };
}

/** A number that no transaction, refund or chargeback had before. */
export function takeId(books: Books): string {
  const id = String(books.nextId);
  books.nextId += 1;
  return id;
}

/** The transaction that has or had a refund of this number. */
export function findRefund(books: Books, id: string): { readonly of: Transaction; readonly refund: Refund } | null {
  for (const of of books.transactions.values()) {
    const refund = of.refunds.find((each) => each.id === id);
    if (refund !== undefined) return { of, refund };
  }
  return null;
}

/** What of a transaction was refunded or is about to be. */
export function refundedOf({ refunds }: Transaction): bigint {
  return refunds.reduce((sum, { amount }) => sum + amount, 0n);
}
