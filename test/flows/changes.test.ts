import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createApiKey } from '../../src/access/api-key.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { until } from '../support/api-client.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { type Merchant, merchantOf } from '../support/merchant.ts';

interface Told {
  readonly id: string;
  readonly data: Readonly<Record<string, unknown>>;
}

let tollgate: Installation;
let shop: Merchant;

beforeAll(async () => {
  tollgate = await startInstallation();
  shop = merchantOf(tollgate.apiUrl, tollgate.tenant.apiKeys.test);
});
afterAll(() => tollgate.close());

/** A reader of the stream, as a page is one. */
async function follow(key = tollgate.tenant.apiKeys.test, lastEventId?: string) {
  const leaving = new AbortController();
  onTestFinished(() => leaving.abort());
  const headers = {
    authorization: `Bearer ${key}`,
    ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
  };
  const response = await fetch(`${tollgate.apiUrl}/api/v1/changes`, { headers, signal: leaving.signal });
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
  const told: Told[] = [];
  const reader = { told, ended: false, leave: () => leaving.abort() };
  const read = async () => {
    let text = '';
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk).toString();
      for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
        const [, id, data] = /^id: (.*)\ndata: (.*)$/.exec(text.slice(0, end)) ?? [];
        if (id !== undefined && data !== undefined) told.push({ id, data: JSON.parse(data) });
        text = text.slice(end + 2);
      }
    }
  };
  const end = () => {
    reader.ended = true;
  };
  read().then(end, end);
  await until(async () => told.length > 0);
  return reader;
}

describe('a stream of changes', () => {
  test('is ready first, then tells what happens, once, and nothing of what it is', async () => {
    const page = await follow();
    expect(page.told[0]?.data).toEqual({ type: 'ready', resumed: false });
    const paid = await shop.pay({ description: 'canary-description' });
    await until(async () => page.told.some(({ data }) => data.eventType === 'payment.succeeded'));
    const changed = page.told.slice(1).map(({ data }) => data);
    expect(new Set(changed.map(({ eventId }) => eventId)).size).toBe(changed.length);
    expect(changed).toContainEqual(
      expect.objectContaining({
        type: 'changed',
        object: 'payment',
        id: paid.id,
        version: paid.version,
        paymentId: paid.id,
      }),
    );
    expect(JSON.stringify(page.told)).not.toContain('canary');
  });

  test('goes on where it ended', async () => {
    const first = await follow();
    const before = (await shop.create()).body.id;
    await until(async () => first.told.some(({ data }) => data.id === before));
    const seen = first.told.at(-1)?.id ?? '';
    first.leave();
    const missed = (await shop.create()).body.id;
    const second = await follow(undefined, seen);
    expect(second.told[0]?.data).toEqual({ type: 'ready', resumed: true });
    await until(async () => second.told.some(({ data }) => data.id === missed));
    expect(second.told.map(({ data }) => data.id)).not.toContain(before);
    const third = await follow(undefined, 'lis_elsewhere.7');
    expect(third.told[0]?.data).toEqual({ type: 'ready', resumed: false });
  });

  test("tells nobody of another tenant's", async () => {
    const { apiKeys } = await tollgate.createTenant();
    const [own, other] = [await follow(), await follow(apiKeys.test)];
    const { id } = (await shop.create()).body;
    await until(async () => own.told.some(({ data }) => data.id === id));
    const theirs = (await merchantOf(tollgate.apiUrl, apiKeys.test).create()).body.id;
    await until(async () => other.told.some(({ data }) => data.id === theirs));
    expect(other.told.map(({ data }) => data.id)).not.toContain(id);
  });

  test('ends when its credentials do', async () => {
    const { query } = tollgate.tollgate.gateway.payments.database;
    const { tenantId } = tollgate.tenant.tenant;
    const key = await createApiKey(query, systemClock, {
      tenantId,
      mode: 'test',
      name: 'Short',
      scopes: ['event:read'],
    });
    const [lasting, short] = [await follow(), await follow(key)];
    await tollgate.database.run(`update api_keys set revoked_at = created_at where name = 'Short'`);
    await until(async () => short.ended, 20_000);
    expect(lasting.ended).toBe(false);
  });
});
