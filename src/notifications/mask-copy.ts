import { findCardNumber } from '../kernel/card-number.ts';
import type { StoredEvent } from './store-deliveries.ts';

/** What a mail may repeat of an event, by the names of its members. Whatever is not named here is masked. */
const SHOWN: ReadonlySet<string> = new Set([
  ...['id', 'object', 'type', 'mode', 'apiVersion', 'reference', 'orderId', 'currency', 'amount', 'status', 'state'],
  ...['amountCapturable', 'amountCaptured', 'amountRefunded', 'captureMethod', 'provider', 'providerRef', 'chargeRef'],
  ...['paymentId', 'captureId', 'refundId', 'reversalId', 'productId', 'providerAccountId', 'statementId', 'tenantId'],
  ...['failureCode', 'kind', 'version', 'attemptsMax', 'mcc', 'gross', 'fee', 'net', 'settledAt', 'arrivedAt'],
  ...['createdAt', 'updatedAt', 'expiresAt', 'authorizationExpiresAt', 'evidenceDueAt', 'consecutiveFailures'],
  ...['failingSince', 'disableAt', 'disabledAt', 'reason', 'final', 'late'],
]);
/** What holds further members that may be shown. Everything else that does (customer, metadata, cart) is masked whole. */
const OPENED: ReadonlySet<string> = new Set(['data', 'object', 'latestAttempt', 'settlement']);

const MASK = '[masked]';
const LENGTH_MAX = 4_000;

/**
 * An event as a mail may show it: the names of all its members, the values of those that say nothing about a customer and
 * open nothing, cut after 4,000 characters. Truth values and absent ones are shown wherever they stand.
 */
export function maskCopy(event: StoredEvent): string {
  const shown = {
    id: event.eventId,
    type: event.type,
    createdAt: event.createdAt.toString(),
    mode: event.mode,
    data: { object: masked('object', event.object) },
  };
  const text = JSON.stringify(shown, null, 2);
  return text.length > LENGTH_MAX ? `${text.slice(0, LENGTH_MAX)}\n… (cut)` : text;
}

function masked(name: string, value: unknown): unknown {
  if (value === null || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.length === 0 ? value : MASK;
  if (typeof value === 'object') {
    if (!OPENED.has(name)) return MASK;
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, masked(key, member)]));
  }
  // A tenant's own reference may be anything it put there.
  return SHOWN.has(name) && !findCardNumber(String(value)) ? value : MASK;
}
