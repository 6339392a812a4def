import { createHash } from 'node:crypto';
import type { Money } from '../../kernel/money.ts';
import type { ProviderCall } from '../provider.ts';
import type { ProviderEvent, RawWebhook, WebhookOutcome, WebhookRejection } from '../provider-webhook.ts';
import { ciphertextOf, decryptNotification } from './decrypt-scantopay-notification.ts';
import { moneyFromWire } from './scantopay-amount.ts';
import { notificationKeyOf, type ScantopayCredentials } from './scantopay-credentials.ts';
import { paymentReportOf, refundOf, reversalOf } from './scantopay-reports.ts';
import { type Meaning, meaningOf } from './scantopay-states.ts';
import { exactJsonOf, type WireTransaction, wireTransaction } from './scantopay-wire.ts';

/** Any status but 200 makes the provider give the money back. */
const ACCEPTED = { status: 200 } as const;
const NOT_WANTED = { status: 409 } as const;

const STATUSES: Readonly<Record<WebhookRejection, number>> = {
  bad_signature: 401,
  stale_timestamp: 401,
  wrong_source: 401,
  malformed: 401,
  not_configured: 503,
};

/** The portal's Check button sends one of these unencrypted. Source: https://developer.scantopay.io/docs/notifications */
const CHECKS = [
  /^\{\s*"?result"?\s*:\s*"?TEST"?\s*\}$/,
  /^"?result"?\s*:\s*"?TEST"?$/,
  /^V\d Check:\s*"?TEST"?$/,
  /^TEST$/,
];
const CHECK_BYTES_MAX = 64;

/**
 * Decrypts and reads a notification. That it decrypts to sense is all that the provider offers for a signature (see the
 * README on what that is worth), so that every fault of an encrypted body gets the same answer.
 */
export function parseScantopayWebhook(call: ProviderCall<ScantopayCredentials>, request: RawWebhook): WebhookOutcome {
  if (isCheck(request)) return { kind: 'probe', reply: ACCEPTED };
  if (request.method !== 'POST') return rejected('malformed');
  const keys = [call.credentials, call.previousCredentials].map(notificationKeyOf).filter((key) => key !== null);
  // The key before a rotation alone verifies nothing: the account has been set to polling since.
  if (notificationKeyOf(call.credentials) === null) return rejected('not_configured');
  const ciphertext = ciphertextOf(request.body);
  if (ciphertext === null) return rejected('bad_signature');
  const told = keys.map((key) => readMessage(decryptNotification(key, ciphertext), call.credentials.currency));
  const message = told.find((each) => each !== null);
  if (message === undefined) return rejected('bad_signature');
  const event = eventOf(message, request.receivedAt);
  const events = event === null ? [] : [event];
  const takesMoney = message.meaning?.state === 'captured' || message.meaning?.state === 'perhaps_captured';
  const replies = { accepted: ACCEPTED, duplicate: ACCEPTED };
  return { kind: 'events', events, replies: takesMoney ? { ...replies, refused: NOT_WANTED } : replies };
}

/** Addresses are looked at by GET before they are accepted. */
function isCheck({ method, body }: RawWebhook): boolean {
  if (method === 'GET' || method === 'HEAD') return true;
  if (method !== 'POST' || body.byteLength > CHECK_BYTES_MAX) return false;
  const text = Buffer.from(body).toString('latin1').trim();
  return CHECKS.some((check) => check.test(text));
}

interface Message {
  readonly wire: WireTransaction;
  readonly amount: Money;
  readonly meaning: Meaning | null;
}

function readMessage(text: string | null, currency: string): Message | null {
  const parsed = wireTransaction.safeParse(text === null ? undefined : exactJsonOf(text));
  if (!parsed.success) return null;
  const { data: wire } = parsed;
  const amount = moneyFromWire(wire.amount, wire.currencyCode ?? currency);
  return amount === null || amount.amount === 0n ? null : { wire, amount, meaning: meaningOf(wire.status) };
}

/** The one thing a message tells; null for a state that ends nothing. */
function eventOf({ wire, amount, meaning }: Message, receivedAt: Temporal.Instant): ProviderEvent | null {
  if (meaning === null) return null;
  const paymentId = wire.originalTransactionId ?? wire.transactionId;
  const fact = factOf(meaning, paymentId, amount, wire);
  const name = fact.about === 'refund' ? fact.refund.providerRef : wire.transactionId;
  return {
    dedupeKey: `${name}:${wire.status}`,
    contentHash: contentHashOf(wire, amount),
    attempt: { attemptId: wire.reference },
    // The message's own date has no zone.
    occurredAt: receivedAt,
    authoritative: meaning.state !== 'perhaps_captured',
    fact,
  };
}

function factOf(meaning: Meaning, paymentId: string, amount: Money, wire: WireTransaction): ProviderEvent['fact'] {
  switch (meaning.of) {
    case 'payment':
      return {
        about: 'attempt',
        report: paymentReportOf(meaning, { paymentId, amount, wire }),
      };
    case 'reversal':
      return { about: 'reversal', reversal: { reversalId: null, ...reversalOf(paymentId, amount, meaning.state) } };
    case 'refund':
      return {
        about: 'refund',
        refund: { refundId: null, mayBeOurs: true, ...refundOf(paymentId, amount, meaning.state) },
      };
  }
}

/** The payer's data is no fact of the payment's, and the amount counts however many zeros it is written with. */
function contentHashOf(wire: WireTransaction, { amount, currency }: Money): string {
  const { transactionId, originalTransactionId, reference, status, bankResponse } = wire;
  const facts = [transactionId, originalTransactionId ?? null, reference, status, bankResponse ?? null];
  return createHash('sha256')
    .update(JSON.stringify([...facts, amount.toString(), currency]))
    .digest('hex');
}

function rejected(reason: WebhookRejection): WebhookOutcome {
  return { kind: 'rejected', reason, reply: { status: STATUSES[reason] } };
}
