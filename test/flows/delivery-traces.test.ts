import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ManualClock } from '../../src/kernel/clock.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { openEndpoint } from '../support/open-endpoint.ts';
import { stoppedClock, watchPayments } from '../support/payment-watch.ts';
import { startWebhookSink, type WebhookSink } from '../support/webhook-sink.ts';

let clock: ManualClock;
let tollgate: Installation;
let sink: WebhookSink;

beforeAll(async () => {
  clock = stoppedClock();
  // The collector's address of the sink: spans arrive at a path of their own.
  sink = await startWebhookSink();
  const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url };
  tollgate = await startInstallation({ clock, environment });
});
afterAll(async () => {
  await tollgate.close();
  await sink.close();
});

test('every attempt to tell of an event carries the trace of that event, as a span of its own', async () => {
  const shop = watchPayments(tollgate);
  const one = await openEndpoint(shop.merchant, sink, { eventTypes: ['payment.created'] });
  sink.answer = ({ path }) => (path === one.path && one.received().length === 1 ? 500 : 200);
  await shop.create();
  clock.set((await one.untilAttempts(1)).nextAttemptAt);
  await one.untilReceived(2);
  await shop.create();
  const traces = (await one.untilReceived(3)).map(({ headers }) => String(headers.traceparent));
  const parsed = traces.map((trace) => /^00-([0-9a-f]{32})-([0-9a-f]{16})-01$/.exec(trace)?.slice(1) ?? []);
  const [first = [], second = [], other = []] = parsed;
  expect(first[0]).toBeDefined();
  expect(second[0]).toBe(first[0]);
  expect(second[1]).not.toBe(first[1]);
  expect(other[0]).not.toBe(first[0]);
});
