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

export type DeclineCode = 'insufficient_funds' | 'suspected_fraud' | 'no_answer';

/** What will happen to a charge by itself. Instants are milliseconds of the epoch, as everywhere in this server. */
export interface Plan {
  readonly outcome: Outcome;
  readonly at: number;
  /** Holds although the charge has ended meanwhile. */
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
  /** What succeeded; pending captures are beside it. */
  readonly amountCaptured: bigint;
  readonly amountCapturePending: bigint;
  /** Succeeded and pending refunds together, so that two cannot spend the same money. */
  readonly amountRefunded: bigint;
  /** Of a succeeded or pending reversal: all that was captured, or nothing. */
  readonly amountReversed: bigint;
  /** What takes no further captures: a final one (also a pending one), a release, or the end of the authorization. */
  readonly closedBy: 'capture' | 'release' | 'lapse' | null;
  /** Set by the authorization and kept; it means something while the state is `authorized`. */
  readonly authorizationExpiresAt: number | null;
  readonly disputeAt: number | null;
  readonly plan: Plan | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** What a change may touch; everything else of a charge is fixed when it is opened. */
export type ChargePatch = Partial<
  Pick<
    Charge,
    | 'state'
    | 'declineCode'
    | 'amountAuthorized'
    | 'amountCaptured'
    | 'amountCapturePending'
    | 'amountRefunded'
    | 'amountReversed'
    | 'closedBy'
    | 'authorizationExpiresAt'
    | 'disputeAt'
    | 'plan'
  >
>;

/** Whether the payer's decision is still to come. */
export function isOpen(charge: Charge): boolean {
  return charge.state === 'requires_action' || charge.state === 'pending';
}

const DECLINE_CODES: Readonly<Partial<Record<Outcome, DeclineCode>>> = {
  decline_insufficient_funds: 'insufficient_funds',
  decline_fraud: 'suspected_fraud',
  decline_no_answer: 'no_answer',
};

/** The change an outcome makes to a charge. */
export function patchOf(charge: Charge, outcome: Outcome, now: number): ChargePatch {
  const declineCode = DECLINE_CODES[outcome];
  if (declineCode !== undefined) return { state: 'declined', declineCode, plan: null };
  const { amount, token } = charge;
  const approved = { declineCode: null, amountAuthorized: amount, plan: null } as const;
  if (outcome === 'authorize' || charge.captureMethod === 'manual') {
    const authorizationExpiresAt = now + scenarioOf(token).authorizationMs;
    return { ...approved, state: 'authorized', authorizationExpiresAt };
  }
  return { ...approved, state: 'captured', amountCaptured: amount };
}

/** What will happen to a charge that is opened now. */
export function planOf(scenario: Scenario, now: number, expiresAt: number): Plan | null {
  if (scenario.later === undefined) return null;
  const { outcome, when } = scenario.later;
  switch (when) {
    case 'soon':
      return { outcome, at: now + DELAY_MS.soon, late: false };
    case 'after_decline':
      return { outcome, at: now + DELAY_MS.afterDecline, late: true };
    case 'after_expiry':
      return { outcome, at: expiresAt + DELAY_MS.afterExpiry, late: true };
  }
}

/** When a charge changes by itself next: by its plan, its expiry, its authorization's end or a dispute. */
export function wakeAt(charge: Charge): number | null {
  const due = [charge.plan?.at ?? null, expiryOf(charge), lapseOf(charge), charge.disputeAt];
  const instants = due.filter((at) => at !== null);
  return instants.length === 0 ? null : Math.min(...instants);
}

/** The next change that is due by `now`, or null. Apply it and ask again: a late approval follows its expiry. */
export function dueChange(charge: Charge, now: number): ChargePatch | null {
  const due = wakeAt(charge);
  if (due === null || due > now) return null;
  if (charge.plan?.at === due) return patchOf(charge, charge.plan.outcome, now);
  if (expiryOf(charge) === due) return { state: 'expired', plan: charge.plan?.late === true ? charge.plan : null };
  return lapseOf(charge) === due ? closing(charge, 'lapse') : null;
}

function expiryOf(charge: Charge): number | null {
  return isOpen(charge) && scenarioOf(charge.token).expires ? charge.expiresAt : null;
}

/** A capture that is under way was made in time; the authorization waits for its outcome. */
function lapseOf(charge: Charge): number | null {
  return charge.state === 'authorized' && charge.amountCapturePending === 0n ? charge.authorizationExpiresAt : null;
}

/** The change that gives back what is authorized and not captured. */
export function closing(charge: Charge, closedBy: 'release' | 'lapse'): ChargePatch {
  return { closedBy, state: stateOfAuthorization({ ...charge, closedBy }) };
}

/** Where an authorized charge stands by its captures and by what closed it. */
export function stateOfAuthorization(charge: Charge): ChargeState {
  const { amountAuthorized, amountCaptured, amountCapturePending, closedBy } = charge;
  if (amountCapturePending > 0n) return 'authorized';
  if (amountCaptured === amountAuthorized) return 'captured';
  if (closedBy === null) return 'authorized';
  if (amountCaptured > 0n) return 'captured';
  return closedBy === 'lapse' ? 'expired' : 'canceled';
}

const DECLINE_MESSAGES: Readonly<Record<DeclineCode, string>> = {
  insufficient_funds: 'The account does not hold enough money',
  suspected_fraud: 'The bank suspects fraud',
  no_answer: 'The bank did not answer in time',
};

/** The card of everybody who pays here, as a bank shows it to merchants. */
const PAID_WITH = { brand: 'visa', bin: '424242', last4: '4242', accountType: 'credit', authCode: '831000' };

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
    amountReversed: amountToJson(charge.amountReversed),
    paidWith: charge.amountAuthorized === 0n ? null : PAID_WITH,
    decline: declineCode === null ? null : { code: declineCode, message: DECLINE_MESSAGES[declineCode] },
    action: charge.state === 'requires_action' ? action : null,
    expiresAt: instantJson(charge.expiresAt),
    authorizationExpiresAt: charge.state === 'authorized' ? instantJson(charge.authorizationExpiresAt) : null,
    createdAt: instantJson(charge.createdAt),
    updatedAt: instantJson(charge.updatedAt),
  };
}

/** An instant as the wire shows it; null stays null. */
export function instantJson(epochMs: number): string;
export function instantJson(epochMs: number | null): string | null;
export function instantJson(epochMs: number | null): string | null {
  return epochMs === null ? null : Temporal.Instant.fromEpochMilliseconds(epochMs).toString();
}
