import { amountToJson } from '../../../kernel/money.ts';
import { type Charge, type ChargePatch, instantJson, stateOfAuthorization } from './charge.ts';

export const OPERATION_KINDS = ['capture', 'refund', 'reversal'] as const;
export type OperationKind = (typeof OPERATION_KINDS)[number];
export type OperationState = 'pending' | 'succeeded' | 'failed';

/** A movement of a charge's money: a capture, a refund or a reversal. */
export interface Operation {
  readonly id: string;
  readonly kind: OperationKind;
  readonly chargeId: string;
  readonly merchantCode: string;
  /** The merchant's; null for one made at the console. */
  readonly reference: string | null;
  readonly contentHash: string | null;
  readonly amount: bigint;
  /** Of a capture: whether it releases the rest of the authorization. */
  readonly final: boolean;
  readonly notificationUrl: string;
  readonly state: OperationState;
  readonly plan: { readonly state: 'succeeded' | 'failed'; readonly at: number } | null;
  readonly createdAt: number;
}

export const ID_PREFIXES: Readonly<Record<OperationKind, string>> = { capture: 'cp', refund: 'rf', reversal: 'rv' };

const FAILURE_CODES: Readonly<Record<OperationKind, string>> = {
  capture: 'rejected_by_bank',
  refund: 'account_closed',
  reversal: 'past_cut_off',
};

/** What an operation's step from one state to the next does to its charge. null: it did not exist before. */
export function chargeAfter(
  charge: Charge,
  { kind, amount, final }: Pick<Operation, 'kind' | 'amount' | 'final'>,
  from: OperationState | null,
  to: OperationState,
): ChargePatch {
  const step = (states: readonly OperationState[]): bigint => {
    return (states.includes(to) ? amount : 0n) - (from !== null && states.includes(from) ? amount : 0n);
  };
  switch (kind) {
    case 'refund':
      return { amountRefunded: charge.amountRefunded + step(['pending', 'succeeded']) };
    case 'reversal':
      return { amountReversed: charge.amountReversed + step(['pending', 'succeeded']) };
    case 'capture': {
      const closedByThis = to === 'failed' ? null : 'capture';
      const patch = {
        amountCaptured: charge.amountCaptured + step(['succeeded']),
        amountCapturePending: charge.amountCapturePending + step(['pending']),
        closedBy: final ? closedByThis : charge.closedBy,
      };
      return { ...patch, state: stateOfAuthorization({ ...charge, ...patch }) };
    }
  }
}

/** Whether a success can still be taken back: not a capture whose money has gone back to the payer already. */
export function mayFailLate(charge: Charge, { kind, amount, state }: Operation): boolean {
  if (kind !== 'capture' || state === 'pending') return true;
  return charge.amountReversed === 0n && charge.amountCaptured - amount >= charge.amountRefunded;
}

/** An operation as the wire shows it, in answers and in notifications. */
export function operationJson(operation: Operation, charge: Charge): Record<string, unknown> {
  const { id, kind, reference, amount, final, state, createdAt } = operation;
  return {
    id,
    object: kind,
    chargeId: charge.id,
    chargeReference: charge.reference,
    reference,
    amount: amountToJson(amount),
    currency: charge.currency,
    ...(kind === 'capture' ? { final } : {}),
    state,
    failureCode: state === 'failed' ? FAILURE_CODES[kind] : null,
    createdAt: instantJson(createdAt),
  };
}
