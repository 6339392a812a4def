import { expect } from 'vitest';
import { type Answer, until } from './api-client.ts';
import type { Merchant } from './merchant.ts';
import type { Received, WebhookSink } from './webhook-sink.ts';

type Body = Answer['body'];

/** An endpoint of a tenant, and what happens at its address. */
export interface OpenEndpoint {
  readonly id: string;
  readonly secret: string;
  /** Its own, so that one sink serves many. */
  readonly path: string;
  received(): readonly Received[];
  untilReceived(count: number): Promise<readonly Received[]>;
  patch(changes: Readonly<Record<string, unknown>>): Promise<Answer>;
  remove(): Promise<Answer>;
  /** Newest first. */
  deliveries(): Promise<Body>;
  /** The one delivery, with its attempts, once so many of them are on record. */
  untilAttempts(count: number): Promise<Body>;
}

let paths = 0;

/** Adds an endpoint that leads to the sink. @throws where it was refused */
export async function openEndpoint(
  merchant: Merchant,
  sink: WebhookSink,
  fields: Readonly<Record<string, unknown>> = {},
): Promise<OpenEndpoint> {
  const path = `/hook-${paths++}`;
  const answer = await merchant.send('POST', '/webhook-endpoints', { body: { url: sink.url + path, ...fields } });
  expect(answer.status, answer.text).toBe(201);
  const { id, secret } = answer.body;
  const received = () => receivedAt(sink, path);
  const deliveries = async () => (await merchant.send('GET', `/deliveries?endpointId=${id}&limit=100`)).body.data;
  return {
    id,
    secret,
    path,
    received,
    untilReceived: (count) => until(async () => received().length >= count && received()),
    patch: (body) => merchant.send('PATCH', `/webhook-endpoints/${id}`, { body }),
    remove: () => merchant.send('DELETE', `/webhook-endpoints/${id}`),
    deliveries,
    async untilAttempts(count) {
      const deliveryId = await until(async () => {
        const [delivery] = await deliveries();
        return delivery?.attemptsMade >= count && delivery.id;
      });
      return readDelivery(merchant, deliveryId);
    },
  };
}

/** What arrived at one path of a sink. */
export function receivedAt(sink: WebhookSink, path: string): readonly Received[] {
  return sink.received.filter((one) => one.path === path);
}

/** A delivery with its attempts. */
export async function readDelivery(merchant: Merchant, deliveryId: string): Promise<Body> {
  return (await merchant.send('GET', `/deliveries/${deliveryId}`)).body;
}
