import { randomInt } from 'node:crypto';
import type { Clock } from '../../../kernel/clock.ts';
import { SimulatedRefusal } from './simulated-refusal.ts';

export type CardType = 'CREDIT' | 'CHEQUE' | 'DEBIT';

export interface SimulatedCode {
  readonly code: string;
  readonly reference: string;
  /** Hundredths. */
  readonly hundredths: bigint;
  state: 'Available' | 'Locked' | 'Used' | 'Blocked' | 'Deleted';
  readonly expiresAt: Temporal.Instant | null;
  /** What the request carried besides, for tests to look at. */
  readonly sent: Readonly<Record<string, unknown>>;
  readonly callbackUrl: string | null;
  readonly notificationUrl: string | null;
}

export interface SimulatedTransaction {
  readonly id: number;
  readonly kind: 'payment' | 'refund';
  readonly originalId: number | null;
  readonly code: SimulatedCode;
  readonly hundredths: bigint;
  /** The long name, as queries have it. */
  status: string;
  readonly bankResponse: string | null;
  readonly cardType: CardType;
  readonly createdAt: Temporal.Instant;
}

const DEFAULT_LIFE_MINUTES = 30;
/** Reversals end with the day of the acquirers. */
const ZONE = 'Africa/Johannesburg';

/** The codes and transactions of one merchant, and the rules by which they change. */
export class SimulatedLedger {
  readonly codes = new Map<string, SimulatedCode>();
  readonly transactions: SimulatedTransaction[] = [];
  readonly #clock: Clock;
  #nextId = 81_234;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @throws SimulatedRefusal where the reference was used before, for ever */
  open(wanted: Omit<SimulatedCode, 'code' | 'state'>): SimulatedCode {
    if ([...this.codes.values()].some(({ reference }) => reference === wanted.reference)) {
      throw new SimulatedRefusal(400, 'Duplicate merchantReference: it must be unique per merchant');
    }
    const code = randomInt(10_000_000_000).toString().padStart(10, '0');
    const opened: SimulatedCode = { ...wanted, code, state: 'Available' };
    this.codes.set(code, opened);
    return opened;
  }

  /** Milliseconds as a request has them: 0 for never, none for the default. */
  expiryOf(milliseconds: number | undefined): Temporal.Instant | null {
    if (milliseconds === undefined) return this.#clock.now().add({ minutes: DEFAULT_LIFE_MINUTES });
    return milliseconds === 0 ? null : Temporal.Instant.fromEpochMilliseconds(milliseconds);
  }

  /** By code or reference. @throws SimulatedRefusal 431 */
  find(name: string): SimulatedCode {
    const found = this.codes.get(name) ?? [...this.codes.values()].find(({ reference }) => reference === name);
    if (found === undefined) throw new SimulatedRefusal(431, 'CODE_NOT_FOUND');
    return found;
  }

  /** What was done last with a code; null where nothing was. */
  latest(code: SimulatedCode): SimulatedTransaction | null {
    return this.transactions.findLast((each) => each.code === code) ?? null;
  }

  /** The payer's wallet comes back with an outcome. @throws SimulatedRefusal where the code cannot be paid with */
  pay(
    code: SimulatedCode,
    its: { readonly status: string; readonly bankResponse: string | null; readonly cardType: CardType },
  ): SimulatedTransaction {
    const isOver = code.expiresAt !== null && Temporal.Instant.compare(this.#clock.now(), code.expiresAt) >= 0;
    if (isOver || (code.state !== 'Available' && code.state !== 'Locked')) {
      throw new SimulatedRefusal(400, `A code that is ${isOver ? 'expired' : code.state} cannot be paid with`);
    }
    code.state = its.status === 'SUCCESS' ? 'Used' : 'Available';
    return this.#add({ kind: 'payment', originalId: null, code, hundredths: code.hundredths, ...its });
  }

  /** @throws SimulatedRefusal */
  reverse(id: number): SimulatedTransaction {
    const payment = this.#payment(id);
    if (payment.status === 'END_REVERSED' || payment.status === 'PROCESS_REVERSAL') {
      throw new SimulatedRefusal(400, 'The transaction was already reversed');
    }
    if (this.#refundedOf(payment) > 0n) throw new SimulatedRefusal(400, 'REVERSAL_NOT_ALLOWED: refunds exist');
    if (!isPaid(payment)) throw new SimulatedRefusal(400, 'INVALID_TRANSACTION_STATE');
    const [paidOn, today] = [payment.createdAt, this.#clock.now()].map((at) =>
      at.toZonedDateTimeISO(ZONE).toPlainDate(),
    );
    if (!paidOn?.equals(today ?? '')) throw new SimulatedRefusal(400, 'REVERSAL_WINDOW_CLOSED');
    payment.status = 'PROCESS_REVERSAL';
    return payment;
  }

  /** @throws SimulatedRefusal */
  refund(id: number, hundredths: bigint): SimulatedTransaction {
    const payment = this.#payment(id);
    if (payment.cardType === 'DEBIT') throw new SimulatedRefusal(455, 'INVALID_CARD: debit cards are not refunded');
    if (payment.status === 'END_REVERSED') throw new SimulatedRefusal(400, 'The transaction was already reversed');
    if (!isPaid(payment)) throw new SimulatedRefusal(400, 'INVALID_TRANSACTION_STATE');
    if (hundredths <= 0n) throw new SimulatedRefusal(432, 'INVALID_AMOUNT');
    if (this.#refundedOf(payment) + hundredths > payment.hundredths) {
      throw new SimulatedRefusal(432, 'The refund exceeds the original amount');
    }
    const { code, cardType } = payment;
    const its = { status: 'PROCESS_REFUND', bankResponse: null, cardType };
    return this.#add({ kind: 'refund', originalId: payment.id, code, hundredths, ...its });
  }

  /** What the acquirer makes of a request to give money back. */
  settle(transaction: SimulatedTransaction, succeeds: boolean): void {
    const what = transaction.kind === 'refund' ? 'REFUND' : 'REVERSAL';
    const done = transaction.kind === 'refund' ? 'END_REFUNDED' : 'END_REVERSED';
    transaction.status = succeeds ? done : `END_${what}_FAILED`;
  }

  #payment(id: number): SimulatedTransaction {
    const found = this.transactions.find((each) => each.id === id && each.kind === 'payment');
    if (found === undefined) throw new SimulatedRefusal(404, 'TRANSACTION_NOT_FOUND');
    return found;
  }

  #refundedOf({ id }: SimulatedTransaction): bigint {
    return this.transactions
      .filter(({ originalId, status }) => originalId === id && status !== 'END_REFUND_FAILED')
      .reduce((sum, { hundredths }) => sum + hundredths, 0n);
  }

  #add(its: Omit<SimulatedTransaction, 'id' | 'createdAt'>): SimulatedTransaction {
    const added = { ...its, id: this.#nextId++, createdAt: this.#clock.now() };
    this.transactions.push(added);
    return added;
  }
}

/** A reversal that failed leaves the money where it was. */
function isPaid({ status }: SimulatedTransaction): boolean {
  return status === 'SUCCESS' || status === 'END_REVERSAL_FAILED';
}
