import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ManualClock } from '../../../kernel/clock.ts';
import type { RawWebhook } from '../../provider-webhook.ts';
import { type Receiver, SILENT, startReceiver } from '../sandbox-fixture.ts';
import { type Merchant, merchantAt } from './merchant-fixture.ts';
import { RETRY_DELAYS_MS } from './notifier.ts';
import { type SandboxServer, type SandboxServerOptions, startSandboxServer } from './start-sandbox-server.ts';

let folder: string;
let clock: ManualClock;
let receiver: Receiver;
let sandbox: SandboxServer;
let merchant: Merchant;

function start(changes: Partial<SandboxServerOptions> = {}): Promise<SandboxServer> {
  const dataFile = join(folder, 'sandbox.db');
  return startSandboxServer({ host: '127.0.0.1', port: 0, dataFile, clock, log: SILENT, ...changes });
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-'));
  clock = new ManualClock();
  receiver = await startReceiver(clock);
  sandbox = await start();
  merchant = merchantAt(sandbox.url, clock);
  await merchant.say('PUT', '/v1/merchants/shop', { secretKey: merchant.secret });
});
afterEach(async () => {
  await sandbox.close();
  await receiver.close();
  rmSync(folder, { recursive: true });
});

const jsonOf = (webhook: RawWebhook | undefined) => JSON.parse(Buffer.from(webhook?.body ?? []).toString());

describe('notifications', () => {
  test('are repeated on the schedule until given up, stamped anew each time', async () => {
    receiver.answerWith(503);
    await merchant.charge('tok_approve', receiver.url);
    await sandbox.tick();
    for (const [index, delay] of RETRY_DELAYS_MS.entries()) {
      clock.advance({ milliseconds: delay - 1 });
      await sandbox.tick();
      expect(receiver.received, `before retry ${index + 1}`).toHaveLength(index + 1);
      clock.advance({ milliseconds: 1 });
      await sandbox.tick();
      expect(receiver.received, `after retry ${index + 1}`).toHaveLength(index + 2);
    }
    clock.advance({ hours: 100 });
    await sandbox.tick();
    expect(receiver.received).toHaveLength(7);
    expect(new Set(receiver.received.map(({ body }) => Buffer.from(body).toString())).size).toBe(1);
    expect(new Set(receiver.received.map(({ headers }) => headers['sandbox-signature']?.[0])).size).toBe(7);
  });

  test.each([302, 404, 500])('answered with %i are repeated, and no more once answered with 204', async (status) => {
    receiver.answerWith(status);
    await merchant.charge('tok_approve', receiver.url);
    await sandbox.tick();
    receiver.answerWith(204);
    for (let minutes = 0; minutes < 3; minutes++) {
      clock.advance({ minutes: 1 });
      await sandbox.tick();
    }
    expect(receiver.received).toHaveLength(2);
  });

  test('carry the totals of the charge at the time of the event', async () => {
    const reference = await merchant.charge('tok_approve', receiver.url);
    for (const [name, amount] of Object.entries({ r1: 1000, r2: 250 })) {
      const refund = { reference: name, amount, currency: 'EUR', notificationUrl: receiver.url };
      await merchant.say('POST', `/v1/charges/${reference}/refunds`, refund);
    }
    await sandbox.tick();
    const events = receiver.received.map(jsonOf);
    expect(events.map(({ type }) => type)).toEqual(['charge.captured', 'refund.succeeded', 'refund.succeeded']);
    expect(events.map(({ charge }) => charge.amountRefunded)).toEqual([0, 1000, 1250]);
    expect(new Set(events.map(({ id }) => id)).size).toBe(3);
  });

  test('go out by the timer alone', async () => {
    await merchant.charge('tok_pending_then_approve', receiver.url);
    await expect.poll(() => receiver.received.length).toBe(1);
    clock.advance({ seconds: 2 });
    await expect.poll(() => receiver.received.length).toBe(2);
  });
});

describe('a restart', () => {
  async function restart(): Promise<void> {
    await sandbox.close();
    sandbox = await start();
    merchant = merchantAt(sandbox.url, clock, merchant.secret);
  }

  test('keeps charges, plans and refunds', async () => {
    const reference = await merchant.charge('tok_pending_then_approve', receiver.url);
    const before = await merchant.say('GET', `/v1/charges/${reference}`);
    await restart();
    expect(await merchant.say('GET', `/v1/charges/${reference}`)).toEqual(before);
    clock.advance({ seconds: 2 });
    expect((await merchant.say('GET', `/v1/charges/${reference}`)).body).toMatchObject({ state: 'captured' });
  });

  test('keeps what is planned for captures and disputes, and who was turned away', async () => {
    const manual = { captureMethod: 'manual' };
    const charge = await merchant.charge('tok_approve', receiver.url, manual);
    const disputed = await merchant.charge('tok_dispute_lost', receiver.url);
    const capture = (amount: number, reference: string) => {
      const wanted = { reference, amount, currency: 'EUR', final: false, notificationUrl: receiver.url };
      return merchant.say('POST', `/v1/charges/${charge}/captures`, wanted);
    };
    expect((await capture(103, 'c1')).body).toMatchObject({ state: 'pending' });
    expect((await capture(109, 'c2')).status).toBe(503);
    await restart();
    expect((await capture(109, 'c2')).status).toBe(201);
    clock.advance({ seconds: 2 });
    await restart();
    expect((await merchant.say('GET', `/v1/charges/${charge}`)).body).toMatchObject({ amountCaptured: 212 });
    const { body } = await merchant.say('GET', `/v1/charges/${disputed}`);
    expect(body.disputes).toMatchObject([{ state: 'opened', withdrawn: 1250 }]);
  });

  test('keeps notifications that nobody has taken yet', async () => {
    receiver.answerWith(500);
    await merchant.charge('tok_approve', receiver.url);
    await sandbox.tick();
    await restart();
    receiver.answerWith(200);
    clock.advance({ seconds: 1 });
    await sandbox.tick();
    expect(receiver.received.map((webhook) => jsonOf(webhook).type)).toEqual(['charge.captured', 'charge.captured']);
    expect(jsonOf(receiver.received[1]).id).toBe(jsonOf(receiver.received[0]).id);
  });

  test('finds files that only their owner may read', async () => {
    await merchant.charge('tok_approve', receiver.url);
    const modes = readdirSync(folder).map((name) => (statSync(join(folder, name)).mode & 0o777).toString(8));
    expect(modes).toEqual(['600', '600']);
  });

  test('is refused while another server holds the file', async () => {
    await expect(start()).rejects.toThrow('database is locked');
  });

  test('of a server whose port is taken leaves the file free', async () => {
    const { port } = new URL(sandbox.url);
    const dataFile = join(folder, 'second.db');
    await expect(start({ dataFile, port: Number(port) })).rejects.toThrow('EADDRINUSE');
    await (await start({ dataFile })).close();
  });
});
