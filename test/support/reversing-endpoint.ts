import { expect } from 'vitest';
import { type Answer, until } from './api-client.ts';
import type { Installation } from './installation.ts';
import type { Merchant } from './merchant.ts';
import { type OpenEndpoint, openEndpoint } from './open-endpoint.ts';
import type { WebhookSink } from './webhook-sink.ts';

type Body = Answer['body'];
type Fields = Readonly<Record<string, unknown>>;

/** An endpoint whose silence gives money back, and what it comes to. */
export interface ReversingEndpoint extends OpenEndpoint {
  /** The payment's deadline, once it looks like this. */
  untilDeadline(paymentId: string, wanted: Fields, limitMs?: number): Promise<Body>;
  deadlineOf(paymentId: string): Promise<Body | undefined>;
  /** What arrived about a payment, by event type. */
  told(paymentId: string): readonly string[];
}

/** Adds an endpoint, has it pass its test, and gives it the policy. @throws where any of it is refused */
export async function openReversingEndpoint(
  { database }: Pick<Installation, 'database'>,
  merchant: Merchant,
  sink: WebhookSink,
  policy: Fields = {},
  fields: Fields = {},
): Promise<ReversingEndpoint> {
  const open = await openEndpoint(merchant, sink, fields);
  await passTest(database, open.id);
  const ackPolicy = { type: 'reverse_on_no_ack', fuse: { consecutive: 1_000, rate: 0 }, ...policy };
  const answer = await open.patch({ ackPolicy });
  expect(answer.status, answer.text).toBe(200);
  const deadlineOf = async (paymentId: string) =>
    (await merchant.send('GET', `/ack-deadlines?paymentId=${paymentId}`)).body.data[0];
  return {
    ...open,
    deadlineOf,
    async untilDeadline(paymentId, wanted, limitMs) {
      let last: Body;
      const like = async () => {
        last = await deadlineOf(paymentId);
        return expect.objectContaining(wanted).asymmetricMatch(last) && last;
      };
      return until(like, limitMs).catch(() => {
        // Says what it was instead.
        expect(last).toMatchObject(wanted);
        return last;
      });
    },
    told: (paymentId) =>
      open
        .received()
        .map(({ body }) => JSON.parse(body))
        .filter(({ data }) => data.object.id === paymentId)
        .map(({ type }) => type),
  };
}

/** The end of a test that passed, as it stands in the table. */
export async function passTest(
  database: Installation['database'],
  endpointId: string,
  at: Temporal.Instant = Temporal.Instant.fromEpochMilliseconds(Date.now()),
): Promise<void> {
  await database.run('update webhook_endpoints set test_passed_at = $2 where endpoint_id = $1', [
    endpointId,
    at.toString(),
  ]);
}
