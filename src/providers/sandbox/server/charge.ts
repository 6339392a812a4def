import { amountToJson } from '../../../kernel/money.ts';
import { DELAY_MS, type Outcome, type Scenario, scenarioOf, type Token } from './scenario.ts';

export type ChargeState =
  | 'requires_action'
  | 'pending'
  | 'authorized'
  | 'captured'
  | 'declined'
  | 'canceled'
  | 'expired';

export type DeclineCode = 'insufficient_funds' | 'suspected_fraud';

/** What will happen to a charge by itself. Instants are milliseconds of the epoch, as everywhere in this server. */
export interface Plan {
  readonly outcome: Outcome;
  readonly at: number;
  /** Holds although the charge has expired meanwhile. */
  readonly late: boolean;
}

export interface Charge {
  /** Unguessable: whoever holds it may decide on the bank page. */
  readonly id: string;
  readonly merchantCode: string;
  readonly reference: string;
  readonly contentHash: string;
  readonly token: Token;
  readonly amount: bigint;
  readonly currency: string;
  readonly captureMethod: 'automatic' | 'manual';
  readonly description: string | null;
  readonly returnUrl: string;
  readonly notificationUrl: string;
  readonly expiresAt: number;
  readonly state: ChargeState;
  readonly declineCode: DeclineCode | null;
  readonly amountAuthorized: bigint;
  readonly amountCaptured: bigint;
  /** Succeeded and pending refunds together, so that two cannot spend the same money. */
  readonly amountRefunded: bigint;
  readonly plan: Plan | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface Refund {
  readonly id: string;
  readonly chargeId: string;
  readonly merchantCode: string;
  readonly reference: string;
  readonly contentHash: string;
  readonly amount: bigint;
  readonly notificationUrl: string;
  readonly state: 'pending' | 'succeeded' | 'failed';
  readonly plan: { readonly state: 'succeeded' | 'failed'; readonly at: number } | null;
  readonly createdAt: number;
}

/** What a change may touch; everything else of a charge is fixed when it is opened. */
export type ChargePatch = Partial<
  Pick<Charge, 'state' | 'declineCode' | 'amountAuthorized' | 'amountCaptured' | 'amountRefunded' | 'plan'>
>;

/** Whether the payer's decision is still to come. */
export function isOpen(charge: Charge): boolean {
  return charge.state === 'requires_action' || charge.state === 'pending';
}

/** The change an outcome makes to a charge. */
export function patchOf(charge: Charge, outcome: Outcome): ChargePatch {
  const { amount } = charge;
  if (outcome === 'decline_insufficient_funds') {
    return { state: 'declined', declineCode: 'insufficient_funds', plan: null };
  }
  if (outcome === 'decline_fraud') return { state: 'declined', declineCode: 'suspected_fraud', plan: null };
  if (outcome === 'authorize' || charge.captureMethod === 'manual') {
    return { state: 'authorized', amountAuthorized: amount, plan: null };
  }
  return { state: 'captured', amountAuthorized: amount, amountCaptured: amount, plan: null };
}

export function planOf(scenario: Scenario, now: number, expiresAt: number): Plan | null {
  if (scenario.later === undefined) return null;
  const { outcome, when } = scenario.later;
  return when === 'soon'
    ? { outcome, at: now + DELAY_MS.soon, late: false }
    : { outcome, at: expiresAt + DELAY_MS.afterExpiry, late: true };
}

/** When a charge changes by itself next: by its plan or by its expiry, whichever comes first. */
export function wakeAt(charge: Charge): number | null {
  const expiry = isOpen(charge) && scenarioOf(charge.token).expires ? charge.expiresAt : null;
  const plan = charge.plan?.at ?? null;
  if (expiry === null) return plan;
  return plan === null ? expiry : Math.min(plan, expiry);
}

/** The next change that is due by `now`, or null. Apply it and ask again: a late approval follows its expiry. */
export function dueChange(charge: Charge, now: number): ChargePatch | null {
  const due = wakeAt(charge);
  if (due === null || due > now) return null;
  if (charge.plan !== null && charge.plan.at === due) return patchOf(charge, charge.plan.outcome);
  return { state: 'expired', plan: charge.plan?.late === true ? charge.plan : null };
}

const DECLINE_MESSAGES: Readonly<Record<DeclineCode, string>> = {
  insufficient_funds: 'The account does not hold enough money',
  suspected_fraud: 'The bank suspects fraud',
};

/** A charge as the wire shows it, in answers and in notifications. */
export function chargeJson(charge: Charge, bankPageUrl: string): Record<string, unknown> {
  const qr = scenarioOf(charge.token).opening === 'bank_page_qr';
  const action = qr ? { type: 'qr', payload: bankPageUrl } : { type: 'redirect', url: bankPageUrl };
  const { declineCode } = charge;
  return {
    id: charge.id,
    object: 'charge',
    merchantCode: charge.merchantCode,
    reference: charge.reference,
    state: charge.state,
    amount: amountToJson(charge.amount),
    currency: charge.currency,
    captureMethod: charge.captureMethod,
    amountAuthorized: amountToJson(charge.amountAuthorized),
    amountCaptured: amountToJson(charge.amountCaptured),
    amountRefunded: amountToJson(charge.amountRefunded),
    decline: declineCode === null ? null : { code: declineCode, message: DECLINE_MESSAGES[declineCode] },
    action: charge.state === 'requires_action' ? action : null,
    expiresAt: instantJson(charge.expiresAt),
    createdAt: instantJson(charge.createdAt),
    updatedAt: instantJson(charge.updatedAt),
  };
}

/** A refund as the wire shows it. */
export function refundJson(refund: Refund, charge: Charge): Record<string, unknown> {
  return {
    id: refund.id,
    object: 'refund',
    chargeId: charge.id,
    chargeReference: charge.reference,
    reference: refund.reference,
    amount: amountToJson(refund.amount),
    currency: charge.currency,
    state: refund.state,
    failureCode: refund.state === 'failed' ? 'account_closed' : null,
    createdAt: instantJson(refund.createdAt),
  };
}

export function instantJson(epochMs: number): string {
  return Temporal.Instant.fromEpochMilliseconds(epochMs).toString();
}
