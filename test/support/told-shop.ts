import { afterAll, afterEach } from 'vitest';
import type { ManualClock } from '../../src/kernel/clock.ts';
import { type Installation, startInstallation } from './installation.ts';
import { type OpenEndpoint, openEndpoint } from './open-endpoint.ts';
import { type PaymentWatch, stoppedClock, watchPayments } from './payment-watch.ts';
import { startWebhookSink, type WebhookSink } from './webhook-sink.ts';

/** An installation with one shop, whose clock stands still, and a sink that takes whatever the shop is told. */
export interface ToldShop {
  readonly clock: ManualClock;
  readonly tollgate: Installation;
  readonly sink: WebhookSink;
  readonly shop: PaymentWatch;
  /** Adds an endpoint that leads to the sink and is gone after the test. */
  endpoint(fields?: object): Promise<OpenEndpoint>;
}

interface ToldShopOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** What every endpoint has unless the test says otherwise. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

/**
 * Opens a told shop for all tests of a file; for the top of the file, since it closes after the last one. The sink takes
 * everything again after each test.
 */
export async function openToldShop({ environment = {}, fields: common = {} }: ToldShopOptions = {}): Promise<ToldShop> {
  const clock = stoppedClock();
  const [tollgate, sink] = await Promise.all([startInstallation({ clock, environment }), startWebhookSink()]);
  const shop = watchPayments(tollgate);
  const endpoints: OpenEndpoint[] = [];
  afterAll(async () => {
    // First, so that nobody waits for an endpoint that never answers.
    await sink.close();
    await tollgate.close();
  });
  afterEach(async () => {
    sink.answer = () => 200;
    for (const { remove } of endpoints.splice(0)) await remove();
  });
  return {
    clock,
    tollgate,
    sink,
    shop,
    async endpoint(fields = {}) {
      // Of two made in the same millisecond chance would say which is the older, and so the main one.
      clock.advance({ milliseconds: 1 });
      const one = await openEndpoint(shop.merchant, sink, { ...common, ...fields });
      endpoints.push(one);
      return one;
    },
  };
}
