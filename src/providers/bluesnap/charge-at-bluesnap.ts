import type { Money } from '../../kernel/money.ts';
import type { AttemptRef, CompleteInput, CreateAnswer, CreateInput } from '../provider.ts';
import { refused, unknown } from '../read-answer.ts';
import { amountToBluesnap } from './bluesnap-amount.ts';
import {
  askBluesnap,
  type BluesnapCall,
  type Done,
  type Failed,
  idempotencyKeyOf,
  refusalOf,
} from './bluesnap-client.ts';
import { declineReasonOf } from './bluesnap-errors.ts';
import { bluesnapMethod } from './bluesnap-method.ts';
import { findTransaction, readTransaction, type Transaction } from './find-bluesnap-transaction.ts';

/** https://developers.bluesnap.com/v8976-Tools/docs/create-hosted-payment-fields-token */
const TOKEN_MINUTES = 60;
const TOKEN = /^[A-Za-z0-9._-]{8,1024}$/;

/** https://developers.bluesnap.com/v8976-JSON/reference/card-transaction: 20 characters; others are dropped there. */
const SOFT_DESCRIPTOR_MAX = 20;

/** What a browser may bring back beside the token, and what BlueSnap calls it in `cardHolderInfo`. */
const CARD_HOLDER_FIELDS = ['firstName', 'lastName', 'email', 'country', 'state', 'city', 'address', 'zip'] as const;
const FIELD_CHARACTERS_MAX = 100;

/**
 * Opens a session of the hosted fields. Nothing is charged by it, however often it is asked for: what the shopper enters
 * becomes a charge in `completeAtBluesnap` only, and there the attempt's id allows one.
 */
export async function createAtBluesnap(call: BluesnapCall, input: CreateInput): Promise<CreateAnswer> {
  if (!bluesnapMethod.safeParse(input.method).success) {
    return refused('invalid_method', 'This is no method of BlueSnap');
  }
  if (amountToBluesnap(input.amount) === null) return amountRefused();
  const reply = await askBluesnap(call, { method: 'POST', path: '/payment-fields-tokens' });
  if (reply.kind === 'failed') return refusalOf(reply);
  if (reply.kind !== 'done') return reply;
  const token = tokenOf(reply);
  if (token === null) return unknown('the answer names no token');
  const expiresAt = call.clock.now().add({ minutes: TOKEN_MINUTES });
  const nextAction = { type: 'client', clientSecret: token } as const;
  // The transaction has no name at BlueSnap before it is made, so that our name for it is the one that stays.
  return {
    kind: 'answered',
    providerRef: input.attemptId,
    report: { state: 'requires_action', nextAction, expiresAt },
  };
}

/**
 * Charges the card behind a token, once per attempt. Phases: ask whether the attempt has its transaction already, since
 * idempotency keys are forgotten after 24 hours; then charge, under the attempt's id as idempotency key and reference.
 */
export async function completeAtBluesnap(call: BluesnapCall, input: CompleteInput): Promise<CreateAnswer> {
  const { created, attemptId, clientData } = input;
  if (created.attemptId !== attemptId) return refused('invalid_attempt', 'The request is of another attempt');
  const amount = amountToBluesnap(created.amount);
  if (amount === null) return amountRefused();
  const token = clientData.pfToken ?? '';
  if (!TOKEN.test(token)) return refused('invalid_token', 'The browser brought no token of the hosted fields');
  const found = await findTransaction(call, input);
  if (found.kind === 'found') return chargeAnswer(found, input, created.amount);
  if (found.kind !== 'not_found') return found;
  const reply = await askBluesnap(call, {
    method: 'POST',
    path: '/transactions',
    idempotencyKey: idempotencyKeyOf(attemptId),
    body: {
      cardTransactionType: created.captureMethod === 'automatic' ? 'AUTH_CAPTURE' : 'AUTH_ONLY',
      merchantTransactionId: attemptId,
      amount,
      currency: created.amount.currency,
      pfToken: token,
      transactionInitiator: 'SHOPPER',
      ...cardHolderOf(clientData),
      ...softDescriptorOf(created.statementDescriptor),
      ...threeDSecureOf(clientData.threeDSecureReferenceId),
    },
  });
  if (reply.kind === 'failed') return declineOf(reply, attemptId) ?? refusalOf(reply);
  if (reply.kind !== 'done') return reply;
  const made = readTransaction(reply.json, attemptId);
  return made.kind === 'found' ? chargeAnswer(made, input, created.amount) : made;
}

/**
 * Ends an attempt that has no transaction; one that has is told as it stands. An opened token can only be left alone, but
 * nobody is charged by it without `completeAtBluesnap`.
 */
export async function cancelAtBluesnap(call: BluesnapCall, attempt: AttemptRef): Promise<CreateAnswer> {
  const found = await findTransaction(call, attempt);
  switch (found.kind) {
    case 'found':
      return { kind: 'answered', providerRef: attempt.attemptId, report: found.report };
    case 'not_found':
      return { kind: 'answered', providerRef: attempt.attemptId, report: { state: 'canceled' } };
    default:
      return found;
  }
}

/** A transaction under our id with another amount is none that we asked for. */
function chargeAnswer({ amount, type, report }: Transaction, { attemptId }: AttemptRef, wanted: Money): CreateAnswer {
  const isSame = amount.currency === wanted.currency && amount.amount === wanted.amount;
  // What was captured later may be less than what was authorized, and was asked for by us too.
  const isPart = type === 'CAPTURE' && amount.currency === wanted.currency && amount.amount < wanted.amount;
  if (!isSame && !isPart) return unknown('the answer has another amount');
  return { kind: 'answered', providerRef: attemptId, report };
}

function declineOf({ error }: Failed, attemptId: string): CreateAnswer | null {
  const { errorName, code } = error;
  const reason = declineReasonOf({ name: errorName, code });
  if (reason === null) return null;
  const decline = { reason, providerCode: errorName };
  return { kind: 'answered', providerRef: attemptId, report: { state: 'declined', decline } };
}

function tokenOf({ headers }: Done): string | null {
  const [location, ...others] = headers.location ?? [];
  if (location === undefined || others.length > 0) return null;
  const token = /\/payment-fields-tokens\/([^/?#]+)$/.exec(location)?.[1] ?? '';
  return TOKEN.test(token) ? token : null;
}

function amountRefused(): CreateAnswer {
  return refused('amount_not_supported', 'BlueSnap cannot carry this amount in this currency');
}

function cardHolderOf(clientData: CompleteInput['clientData']): { cardHolderInfo?: Record<string, string> } {
  const given = CARD_HOLDER_FIELDS.flatMap((name): [string, string][] => {
    const value = clientData[name]
      ?.replace(/\p{Cc}/gu, ' ')
      .trim()
      .slice(0, FIELD_CHARACTERS_MAX);
    return value === undefined || value === '' ? [] : [[name, value]];
  });
  return given.length === 0 ? {} : { cardHolderInfo: Object.fromEntries(given) };
}

function softDescriptorOf(text: string | undefined): { softDescriptor?: string } {
  const kept = (text ?? '')
    .replace(/[^A-Za-z0-9 .,&-]/g, '')
    .trim()
    .slice(0, SOFT_DESCRIPTOR_MAX);
  return kept === '' ? {} : { softDescriptor: kept };
}

function threeDSecureOf(reference: string | undefined): { threeDSecure?: { threeDSecureReferenceId: string } } {
  return reference === undefined || !/^[A-Za-z0-9-]{1,100}$/.test(reference)
    ? {}
    : { threeDSecure: { threeDSecureReferenceId: reference } };
}
