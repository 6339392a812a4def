import { createHmac, randomBytes } from 'node:crypto';

/** A sandbox account whose secret the benchmark knows, so that it can sign as the sandbox does. */
export interface NotifiedAccount {
  readonly providerAccountId: string;
  readonly merchantCode: string;
  readonly secretKey: string;
}

export interface SignedNotification {
  readonly path: string;
  readonly body: string;
  readonly headers: readonly string[];
}

/** The sandbox's word that it captured the whole of a payment that was made for a benchmark, signed now. */
export function notificationOf(account: NotifiedAccount, attemptId: string): SignedNotification {
  const at = new Date().toISOString();
  const charge = {
    id: `ch_${createHmac('md5', 'charge').update(attemptId).digest('hex')}`,
    object: 'charge',
    merchantCode: account.merchantCode,
    reference: attemptId,
    state: 'captured',
    amount: 1250,
    currency: 'EUR',
    captureMethod: 'automatic',
    amountAuthorized: 1250,
    amountCaptured: 1250,
    amountRefunded: 0,
    amountReversed: 0,
    decline: null,
    action: null,
    expiresAt: at,
    authorizationExpiresAt: null,
    createdAt: at,
    updatedAt: at,
  };
  const parts = { capture: null, refund: null, reversal: null, dispute: null };
  const id = `ev_${randomBytes(16).toString('hex')}`;
  const body = JSON.stringify({ id, object: 'event', type: 'charge.captured', createdAt: at, charge, ...parts });
  const timestamp = Math.floor(Date.parse(at) / 1000);
  const signature = createHmac('sha256', account.secretKey).update(`${timestamp}.${body}`).digest('hex');
  return {
    path: `/hooks/sandbox/${account.providerAccountId}`,
    body,
    headers: ['sandbox-signature', `t=${timestamp},v1=${signature}`],
  };
}
