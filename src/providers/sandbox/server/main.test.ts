import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ManualClock, systemClock } from '../../../kernel/clock.ts';
import { type Receiver, startReceiver } from '../sandbox-fixture.ts';
import { type Merchant, merchantAt } from './merchant-fixture.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

let folder: string;
let receiver: Receiver;
let child: ChildProcess;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-'));
  receiver = await startReceiver(new ManualClock());
});
afterEach(async () => {
  await end('SIGKILL');
  await receiver.close();
  rmSync(folder, { recursive: true });
});

async function start(secret?: string): Promise<Merchant> {
  child = spawn(process.execPath, [MAIN, '--data-file', join(folder, 'sandbox.db')], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  if (child.stdout === null) throw new Error('no output');
  const [line] = await once(createInterface(child.stdout), 'line');
  return merchantAt(JSON.parse(line).url, systemClock, secret);
}

async function end(signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill(signal);
    await once(child, 'exit');
  }
  return child.exitCode;
}

test('a charge whose server was killed before it answered is there after the restart, and is told of', async () => {
  receiver.answerWith(500);
  const merchant = await start();
  await merchant.say('PUT', '/v1/merchants/shop', { secretKey: merchant.secret });
  const wanted = {
    ...{
      reference: 'ref_1',
      amount: 1250,
      currency: 'EUR',
      captureMethod: 'automatic',
      token: 'tok_charge_then_timeout',
    },
    ...{ returnUrl: 'https://shop.example/', notificationUrl: receiver.url },
    expiresAt: systemClock.now().add({ minutes: 5 }).toString(),
  };
  const create = merchant.say('POST', '/v1/charges', wanted).then(
    () => 'answered',
    () => 'lost',
  );
  // The notification is sent after the commit only, so its arrival says: committed, and not answered.
  await expect.poll(() => receiver.received.length).toBe(1);
  await end('SIGKILL');
  expect(await create).toBe('lost');

  receiver.answerWith(200);
  const again = await start(merchant.secret);
  const found = await again.say('GET', '/v1/charges/ref_1');
  expect(found).toMatchObject({ status: 200, body: { state: 'captured', amountCaptured: 1250 } });
  expect(await again.say('POST', '/v1/charges', wanted)).toEqual(found);
  await expect.poll(() => receiver.received.length, { timeout: 5_000 }).toBe(2);
  const [first, second] = receiver.received.map(({ body }) => JSON.parse(Buffer.from(body).toString()));
  expect(second).toEqual(first);
  expect(await end('SIGTERM')).toBe(0);
});

test('a missing data file is a usage error', async () => {
  child = spawn(process.execPath, [MAIN], { stdio: 'ignore' });
  await once(child, 'exit');
  expect(child.exitCode).toBe(2);
});
