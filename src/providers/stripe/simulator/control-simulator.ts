import type { Account, Failure, Intent, Session, StripeObject } from './account.ts';
import { find } from './account.ts';
import { payOut } from './balance.ts';
import { expireSession, payInSession, settleSession } from './checkout-sessions.ts';
import type { Desk } from './desk.ts';
import { moveDispute, openDispute } from './disputes.ts';
import {
  authenticateIntent,
  cancelIntent,
  captureIntent,
  confirmIntent,
  failIntent,
  settleIntent,
} from './payment-intents.ts';
import { createRefund, moveRefund } from './refunds.ts';
import { declined } from './test-cards.ts';

/** What payers, banks and the merchant's people at the console do; `ref` names a session or a PaymentIntent. */
export interface SimulatorControl {
  approve(ref: string): void;
  /** The bank says no. On the hosted page and with Stripe.js the payer may try again. */
  decline(ref: string, declineCode: string): void;
  /** The payer chose a bank that takes its time; approve or decline then says how it ends. */
  startProcessing(ref: string): void;
  captureAtConsole(ref: string, amount: number): void;
  cancelAtConsole(ref: string): void;
  /** Answers the refund's id. */
  refundAtConsole(ref: string, amount: number): string;
  moveRefund(refundId: string, status: 'succeeded' | 'failed' | 'canceled'): void;
  /** Answers the dispute's id. `status`: `needs_response`, or `warning_needs_response` for an inquiry. */
  dispute(ref: string, its?: { readonly status?: string; readonly amount?: number }): string;
  moveDispute(disputeId: string, status: string): void;
  payOut(ref: string): void;
  /** Ends what has run out by the clock: sessions, and authorizations that nobody captured. */
  expireDue(): void;
  /** A copy of an object as it is. */
  object(id: string): StripeObject;
}

interface ControlContext {
  readonly accounts: () => readonly Account[];
  readonly deskOf: (account: Account) => Desk;
}

/** The hands behind the simulator's pages and console. */
export function controlSimulator(context: ControlContext): SimulatorControl {
  const { accounts, deskOf } = context;
  const decide = (ref: string, failure: Failure | null): void => {
    const { desk, session, intent } = subjectOf(context, ref);
    if (session?.status === 'open') {
      payInSession(desk, session, failure === null ? { kind: 'approve' } : { kind: 'decline', failure });
    } else if (session !== null) settleSession(desk, session, failure);
    else if (intent !== null) decideIntent(desk, intent, failure);
  };
  return {
    approve: (ref) => decide(ref, null),
    decline: (ref, declineCode) => decide(ref, declined(declineCode)),
    startProcessing: (ref) => {
      const { desk, session, intent } = subjectOf(context, ref);
      if (session !== null) payInSession(desk, session, { kind: 'processing' });
      else if (intent !== null) confirmIntent(desk, intent, { payment_method: 'pm_sim_processing' });
    },
    captureAtConsole: (ref, amount) => {
      const { desk, intent } = paidOf(context, ref);
      captureIntent(desk, intent, { amount_to_capture: amount, metadata: undefined, expand: undefined });
    },
    cancelAtConsole: (ref) => {
      const { desk, session, intent } = subjectOf(context, ref);
      if (intent !== null) cancelIntent(desk, intent, 'requested_by_customer');
      else if (session !== null) expireSession(desk, session);
    },
    refundAtConsole: (ref, amount) => {
      const { desk, intent } = paidOf(context, ref);
      const unsaid = { reason: undefined, metadata: undefined, expand: undefined };
      return createRefund(desk, { payment_intent: intent.id, amount, ...unsaid }).id;
    },
    moveRefund: (refundId, status) => {
      const account = accountOf(context, refundId);
      moveRefund(deskOf(account), find(account, 'refund', refundId), status);
    },
    dispute: (ref, { status = 'needs_response', amount } = {}) => {
      const { desk, charge } = paidOf(context, ref);
      return openDispute(desk, charge, amount === undefined ? { status } : { status, amount }).id;
    },
    moveDispute: (disputeId, status) => {
      const account = accountOf(context, disputeId);
      moveDispute(deskOf(account), find(account, 'dispute', disputeId), status);
    },
    payOut: (ref) => {
      const { desk, charge } = paidOf(context, ref);
      payOut(desk, charge.currency);
    },
    expireDue: () => {
      for (const account of accounts()) expireAccount(deskOf(account));
    },
    object: (id) => structuredClone(accountOf(context, id).objects.get(id) as StripeObject),
  };
}

function accountOf({ accounts }: ControlContext, id: string): Account {
  const account = accounts().find(({ objects }) => objects.has(id));
  if (account === undefined) throw new Error('There is no such object');
  return account;
}

interface Subject {
  readonly desk: Desk;
  readonly session: Session | null;
  readonly intent: Intent | null;
}

function subjectOf(context: ControlContext, ref: string): Subject {
  const desk = context.deskOf(accountOf(context, ref));
  const session = ref.startsWith('cs_') ? find(desk.account, 'checkout.session', ref) : null;
  const intentId = session === null ? ref : session.payment_intent;
  return { desk, session, intent: intentId === null ? null : find(desk.account, 'payment_intent', intentId) };
}

function paidOf(context: ControlContext, ref: string) {
  const { desk, intent } = subjectOf(context, ref);
  if (intent === null || intent.latest_charge === null) throw new Error('Nobody has paid');
  return { desk, intent, charge: find(desk.account, 'charge', intent.latest_charge) };
}

function decideIntent(desk: Desk, intent: Intent, failure: Failure | null): void {
  if (failure !== null) failIntent(desk, intent, failure);
  else if (intent.status === 'requires_action') authenticateIntent(desk, intent, true);
  else if (intent.status === 'processing') settleIntent(desk, intent);
  else confirmIntent(desk, intent, { payment_method: 'pm_card_visa' });
}

function expireAccount(desk: Desk): void {
  for (const object of [...desk.account.objects.values()]) {
    if (object.object === 'checkout.session' && object.status === 'open' && object.expires_at <= desk.now) {
      expireSession(desk, object);
    }
    if (object.object !== 'payment_intent' || object.status !== 'requires_capture' || object.latest_charge === null)
      continue;
    const { card } = find(desk.account, 'charge', object.latest_charge).payment_method_details;
    if ((card.capture_before ?? Number.POSITIVE_INFINITY) <= desk.now) cancelIntent(desk, object, 'automatic');
  }
}
