import { expect } from 'vitest';
import { ManualClock } from '../../src/kernel/clock.ts';
import { type Answer, until } from './api-client.ts';
import type { Installation } from './installation.ts';
import { type Merchant, merchantOf } from './merchant.ts';
import type { WebhookSink } from './webhook-sink.ts';

type Body = Answer['body'];

/** A tenant's back end that looks at what became of its payments, through the API and in the tables. */
export interface PaymentWatch {
  readonly merchant: Merchant;
  /** Creates a payment and returns it. @throws where it was refused */
  create(fields?: Readonly<Record<string, unknown>>): Promise<Body>;
  /** Confirms a payment by a token of the sandbox and returns it. @throws where it was refused */
  confirm(paymentId: string, token: string): Promise<Body>;
  read(paymentId: string): Promise<Body>;
  /** The payment once it looks like this. */
  untilLike(paymentId: string, wanted: Readonly<Record<string, unknown>>, limitMs?: number): Promise<Body>;
  /** In alphabetical order: what happens in the same millisecond has no other. */
  eventTypes(paymentId: string): Promise<readonly string[]>;
  /** Oldest first. */
  attempts(paymentId: string): Promise<readonly { readonly id: string; readonly state: string }[]>;
  /** What was made of the tenant's notifications since the instant, in alphabetical order. */
  verdicts(since: Temporal.Instant): Promise<readonly string[]>;
}

/** This moment on a clock that stands still: reference libraries compare signed stamps with the machine's clock. */
export function stoppedClock(): ManualClock {
  return new ManualClock(Temporal.Instant.fromEpochMilliseconds(Date.now()));
}

export function watchPayments({ apiUrl, tenant, database }: Installation): PaymentWatch {
  const merchant = merchantOf(apiUrl, tenant.apiKeys.test);
  const read = async (paymentId: string): Promise<Body> => {
    const answer = await merchant.send('GET', `/payments/${paymentId}`);
    expect(answer.status, answer.text).toBe(200);
    return answer.body;
  };
  return {
    merchant,
    async create(fields) {
      const answer = await merchant.create(fields);
      expect(answer.status, answer.text).toBe(201);
      return answer.body;
    },
    async confirm(paymentId, token) {
      const answer = await merchant.confirm(paymentId, token);
      expect(answer.status, answer.text).toBe(200);
      return answer.body;
    },
    read,
    async untilLike(paymentId, wanted, limitMs) {
      let last: Body = null;
      const like = async () => {
        last = await read(paymentId);
        return expect.objectContaining(wanted).asymmetricMatch(last) && last;
      };
      return until(like, limitMs).catch(() => {
        // Says what it was instead.
        expect(last).toMatchObject(wanted);
        return last;
      });
    },
    async eventTypes(paymentId) {
      const answer = await merchant.send('GET', `/events?paymentId=${paymentId}&limit=100`);
      return answer.body.data.map(({ type }: { type: string }) => type).sort();
    },
    attempts: (paymentId) =>
      database.run<{ id: string; state: string }>(
        'select attempt_id as id, state from attempts where payment_id = $1 order by created_at, attempt_id',
        [paymentId],
      ),
    async verdicts(since) {
      const rows = await database.run<{ verdict: string }>(
        'select verdict from inbound_events where tenant_id = $1 and received_at >= $2 order by verdict',
        [tenant.tenant.tenantId, since.toString()],
      );
      return rows.map(({ verdict }) => verdict);
    },
  };
}

/** The notifications of a payment that reached a sink, as they were parsed. */
export function notificationsOf(sink: WebhookSink, paymentId: string): readonly Body[] {
  return sink.received
    .map(({ body }) => JSON.parse(body))
    .filter(({ data }) => data.object.id === paymentId || data.object.paymentId === paymentId);
}
