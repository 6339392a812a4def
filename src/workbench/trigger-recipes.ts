import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { EventType } from '../events/event.ts';
import { pause } from '../platform/deadline.ts';
import type { ApiClient } from './api-client.ts';

/** How a payment of the sandbox is made to reach an event. */
export interface Recipe {
  /** What the payment is created with, beside its reference. */
  readonly create: Readonly<Record<string, unknown>>;
  /** The sandbox's token of what its payer does; null: nobody pays. */
  readonly token: string | null;
  /** What is asked for when it is paid; it alone is done where a payment is named. */
  readonly after?: (api: ApiClient, paymentId: string) => Promise<void>;
}

/** 12.50 in the tenant's currency. */
const PLAIN = { amount: 1250 } as const;
/** The sandbox fails captures, refunds and reversals of amounts that end so, after two seconds. */
const FAILING_AMOUNT = { amount: 1204 } as const;
const MANUAL = { captureMethod: 'manual' } as const;
const PAID = { create: PLAIN, token: 'tok_approve' } as const;
const DECLINED = 'tok_decline_insufficient_funds';

/**
 * What the sandbox can be made to do. For events that are not here it has no way of its own: payments expire after half a
 * minute at the earliest, payouts and mismatches come from statements, and endpoints fail for days before they are disabled.
 */
export const RECIPES: Readonly<Partial<Record<EventType, Recipe>>> = {
  'payment.created': { create: PLAIN, token: null },
  'payment.processing': { create: PLAIN, token: 'tok_redirect' },
  'payment.attempt_failed': { create: PLAIN, token: DECLINED },
  'payment.failed': { create: { ...PLAIN, attemptsMax: 1 }, token: DECLINED },
  'payment.authorized': { create: { ...PLAIN, ...MANUAL }, token: 'tok_approve' },
  'payment.succeeded': PAID,
  'payment.canceled': { create: PLAIN, token: null, after: (api, id) => act(api, id, 'cancel') },
  'payment.reversed': { ...PAID, after: (api, id) => act(api, id, 'reversals') },
  'capture.succeeded': PAID,
  'capture.failed': {
    create: { ...FAILING_AMOUNT, ...MANUAL },
    token: 'tok_approve',
    after: (api, id) => act(api, id, 'capture'),
  },
  'refund.created': { ...PAID, after: refund },
  'refund.succeeded': { ...PAID, after: refund },
  'refund.failed': { create: FAILING_AMOUNT, token: 'tok_approve', after: refund },
  'reversal.succeeded': { ...PAID, after: (api, id) => act(api, id, 'reversals') },
  'reversal.failed': { create: FAILING_AMOUNT, token: 'tok_approve', after: (api, id) => act(api, id, 'reversals') },
  'dispute.opened': { create: PLAIN, token: 'tok_dispute_lost' },
  'dispute.funds_withdrawn': { create: PLAIN, token: 'tok_dispute_lost' },
  'dispute.updated': { create: PLAIN, token: 'tok_dispute_lost', after: answerDispute },
  'dispute.lost': { create: PLAIN, token: 'tok_dispute_lost', after: answerDispute },
  'dispute.won': { create: PLAIN, token: 'tok_dispute_won', after: answerDispute },
  'dispute.funds_reinstated': { create: PLAIN, token: 'tok_dispute_won', after: answerDispute },
};

async function act(api: ApiClient, paymentId: string, what: 'cancel' | 'capture' | 'reversals'): Promise<void> {
  await api.send('POST', `/payments/${paymentId}/${what}`, {});
}

async function refund(api: ApiClient, paymentId: string): Promise<void> {
  const body = { reason: 'Triggered from the command line', reference: freshReference() };
  await api.send('POST', `/payments/${paymentId}/refunds`, body);
}

const disputes = z.object({ data: z.array(z.object({ id: z.string() })) });
/** The sandbox opens disputes two seconds after the capture. */
const DISPUTE_LOOKS = 40;
const LOOK_MS = 500;

async function answerDispute(api: ApiClient, paymentId: string): Promise<void> {
  for (let look = 0; look < DISPUTE_LOOKS; look++) {
    const [dispute] = disputes.parse(await api.send('GET', `/disputes?paymentId=${paymentId}`)).data;
    if (dispute !== undefined) {
      await api.send('POST', `/disputes/${dispute.id}/evidence`, { text: 'It was delivered and signed for.' });
      return;
    }
    await pause(LOOK_MS, new AbortController().signal);
  }
}

/** Letters: of many random digits a few look like a card number, and those are refused. */
export function freshReference(): string {
  const letters = randomBytes(8)
    .toString('hex')
    .replace(/\d/g, (digit) => 'ghijklmnop'.charAt(Number(digit)));
  return `trigger-${letters}`;
}
