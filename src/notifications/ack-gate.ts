import type { Clock } from '../kernel/clock.ts';
import { Problem } from '../kernel/problem.ts';
import type { Queryable } from '../platform/database.ts';
import { type WebhookEndpoint, wants } from './endpoint.ts';
import { selectSigningSecrets } from './store.ts';
import { lockTested } from './store-acks.ts';

/**
 * Whether an endpoint may have its policy, as it is about to be: receipts are demanded and money given back for silence
 * only where it was seen that the receiver can answer. One that has the policy already and is changed otherwise keeps it,
 * and arms nothing until it has passed a test again.
 * @throws Problem validation_failed where the two never go together, ack_policy_not_ready where something is missing yet
 */
export async function checkAckPolicy(
  { tx, clock, isNew }: { readonly tx: Queryable; readonly clock: Clock; readonly isNew: boolean },
  endpoint: WebhookEndpoint,
): Promise<void> {
  const { ackPolicy, testPassedAt } = endpoint;
  if (ackPolicy.type === 'retry') return;
  if (ackPolicy.type === 'receipt') checkReceiptDialect(endpoint);
  else checkReversing(endpoint);
  if (!isNew) return;
  if (ackPolicy.type === 'receipt' && !(await hasDataProtectionKey(tx, clock, endpoint))) {
    throw notReady('Needs a data protection key');
  }
  // In the table as well, locked: whoever changes the address at the same time must not slip between test and policy.
  if (testPassedAt === null || !(await lockTested(tx, endpoint))) {
    throw notReady('Needs a passed test of the endpoint as it is');
  }
}

/** Of the wire's names; which of them exist is the dialects' business. */
const RECEIPT_DIALECT: string = 'bluesnap-receipt';

function checkReceiptDialect({ dialect }: WebhookEndpoint): void {
  if (dialect !== RECEIPT_DIALECT) throw wrong('/ackPolicy/type', 'Needs the dialect bluesnap-receipt');
}

function checkReversing(endpoint: WebhookEndpoint): void {
  if (endpoint.additional) throw wrong('/ackPolicy/type', 'Must stay with the main endpoint: this one is additional');
  if (!wants(endpoint, 'payment.succeeded')) throw wrong('/eventTypes', 'Must include payment.succeeded');
}

async function hasDataProtectionKey(tx: Queryable, clock: Clock, endpoint: WebhookEndpoint): Promise<boolean> {
  const secrets = await selectSigningSecrets(tx, endpoint, clock.now());
  return secrets.some(({ purpose }) => purpose === 'data_protection');
}

function wrong(pointer: string, detail: string): Problem {
  return new Problem('validation_failed', 'The policy does not go with the endpoint.', {
    errors: [{ pointer, detail }],
  });
}

function notReady(detail: string): Problem {
  return new Problem('ack_policy_not_ready', undefined, { errors: [{ pointer: '/ackPolicy', detail }] });
}

/** What breaks webhook_endpoints_reversing_key, in words. */
export function explainTwoReversing(): Problem {
  return new Problem('state_conflict', 'Another endpoint answers for the same payments already.', {
    errors: [{ pointer: '/ackPolicy', detail: 'At most one endpoint of a product, or of the tenant, may reverse' }],
  });
}
