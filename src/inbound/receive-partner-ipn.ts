import { isId } from '../kernel/id.ts';
import { returnUrlOf } from '../payments/attempt.ts';
import type { PaymentContext } from '../payments/context.ts';
import type { Logger } from '../platform/log.ts';
import { admitTenant, forInstallation } from '../platform/tenant-scope.ts';
import type { RawWebhook, WebhookReply } from '../providers/provider-webhook.ts';
import { jsonOf } from '../providers/read-answer.ts';
import { receiveNotification } from './receive-notification.ts';
import { selectAttemptOwner } from './store.ts';

const PARTNER = 'partner';

/**
 * Takes a partner gateway's notification at the address that all accounts share. The `orderId` of the body, which nobody
 * has verified, names an attempt, and nothing else in the request has a say in whose it is: the attempt's row names the
 * account, and only that account's key makes the message count. Null where there is no such attempt of a partner.
 */
export async function receivePartnerIpn(
  context: PaymentContext,
  request: RawWebhook,
  log: Logger,
): Promise<WebhookReply | null> {
  const owner = await findPartnerAttempt(context, claimedOrderId(request.body));
  return owner === null ? null : receiveNotification(context, owner, request, log);
}

/** Where a browser that comes back from a partner's page goes on: to the page that leads it to its shop; null: nowhere. */
export async function findPartnerReturn(context: PaymentContext, orderId: unknown): Promise<string | null> {
  const owner = await findPartnerAttempt(context, orderId);
  return owner === null ? null : returnUrlOf(context.checkoutUrl, { ...owner, attemptId: String(orderId) });
}

async function findPartnerAttempt({ database }: PaymentContext, orderId: unknown) {
  if (typeof orderId !== 'string' || !isId('att', orderId)) return null;
  const owner = await forInstallation('directory', () => selectAttemptOwner(database.query, orderId));
  if (owner?.provider !== PARTNER) return null;
  admitTenant(owner.tenantId);
  return owner;
}

function claimedOrderId(body: Uint8Array): unknown {
  const json = jsonOf(body);
  return typeof json === 'object' && json !== null && Object.hasOwn(json, 'orderId')
    ? (json as { readonly orderId?: unknown }).orderId
    : null;
}
