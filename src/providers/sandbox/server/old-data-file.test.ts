import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ManualClock } from '../../../kernel/clock.ts';
import { createOutboundHttp } from '../../../platform/outbound-http.ts';
import { type Receiver, SILENT, startReceiver } from '../sandbox-fixture.ts';
import { createSandboxProvider } from '../sandbox-provider.ts';
import { type Merchant, merchantAt } from './merchant-fixture.ts';
import { OLD_SECRET, OLD_TARGET, writeOldDataFile } from './old-data-file-fixture.ts';
import { codeOf } from './sandbox-desk-fixture.ts';
import { type SandboxServer, startSandboxServer } from './start-sandbox-server.ts';

let folder: string;
let dataFile: string;
let clock: ManualClock;
let receiver: Receiver;
let sandbox: SandboxServer;
let merchant: Merchant;

async function start(): Promise<void> {
  sandbox = await startSandboxServer({ host: '127.0.0.1', port: 0, dataFile, clock, log: SILENT });
  merchant = merchantAt(sandbox.url, clock, OLD_SECRET);
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-'));
  dataFile = join(folder, 'sandbox.db');
  clock = new ManualClock();
  receiver = await startReceiver(clock);
  writeOldDataFile(dataFile, receiver.url);
  await start();
});
afterEach(async () => {
  await sandbox.close();
  await receiver.close();
  rmSync(folder, { recursive: true });
});

const read = async (charge: string) => (await merchant.say('GET', `/v1/charges/${charge}`)).body;
const make = (charge: string, what: string, reference: string, amount: number, more: Record<string, unknown> = {}) => {
  const wanted = { reference, amount, currency: 'EUR', notificationUrl: OLD_TARGET, ...more };
  return merchant.say('POST', `/v1/charges/${charge}/${what}`, wanted);
};

test('charges and refunds of an older file are there, and their requests find them', async () => {
  expect(await read('captured')).toMatchObject({
    ...{ state: 'captured', amountCaptured: 1250, amountRefunded: 1103, amountReversed: 0, captures: [] },
    refunds: [
      { reference: 're_done', amount: 1000, state: 'succeeded' },
      { reference: 're_pending', amount: 103, state: 'pending' },
    ],
  });
  expect(codeOf(await make('captured', 'refunds', 're_done', 1000, { reason: 'broken' }))).toBe('200 ok');
  expect(codeOf(await make('captured', 'refunds', 're_done', 1000))).toBe('409 reference_conflict');
  expect(codeOf(await make('captured', 'refunds', 're_new', 148))).toBe('422 amount_not_available');
  clock.advance({ seconds: 2 });
  expect(await read('captured')).toMatchObject({ amountRefunded: 1103, refunds: [{}, { state: 'succeeded' }] });
});

test('an older charge that was captured can be reversed, and no more captured', async () => {
  expect(codeOf(await make('part', 'captures', 'c1', 250, { final: false }))).toBe('409 state_conflict');
  expect(codeOf(await make('part', 'reversals', 'v1', 1000))).toBe('201 ok');
});

test('an older authorization is captured in parts, and lapses seven days after it was made', async () => {
  expect(codeOf(await make('authorized', 'captures', 'c1', 500, { final: false }))).toBe('201 ok');
  expect(await read('authorized')).toMatchObject({
    ...{ state: 'authorized', amountCaptured: 500, authorizationExpiresAt: '2026-01-08T00:00:00Z' },
  });
  clock.advance({ hours: 7 * 24 });
  await sandbox.tick();
  expect(await read('authorized')).toMatchObject({ state: 'captured', amountCaptured: 500 });
});

test('a notification that was due is sent in the form that the adapter reads', async () => {
  clock.advance({ seconds: 1 });
  await sandbox.tick();
  const [webhook, ...others] = receiver.received;
  if (webhook === undefined) throw new Error('nothing came');
  expect(others).toEqual([]);
  const http = createOutboundHttp({ allowPrivateTargets: true, userAgent: 'sandbox-test' });
  const credentials = { merchantCode: 'shop', secretKey: OLD_SECRET };
  const provider = createSandboxProvider({ baseUrl: sandbox.url });
  const outcome = await provider.parseWebhook({ mode: 'test', credentials, http, clock }, webhook);
  await http.close();
  const authorizationExpiresAt = Temporal.Instant.from('2026-01-08T00:00:00Z');
  const report = { state: 'authorized', amount: { amount: 1250n, currency: 'EUR' }, authorizationExpiresAt };
  expect(outcome).toMatchObject({
    kind: 'events',
    events: [{ dedupeKey: 'evt_old', fact: { about: 'attempt', report } }],
  });
});

test('a file is brought up to date once, and one of a newer sandbox is left alone', async () => {
  const before = await read('captured');
  await sandbox.close();
  await start();
  expect(await read('captured')).toEqual(before);
  await sandbox.close();
  const db = new DatabaseSync(dataFile);
  db.exec('pragma user_version = 99');
  db.close();
  await expect(start()).rejects.toThrow('newer sandbox');
  const again = new DatabaseSync(dataFile);
  again.exec('pragma user_version = 2');
  again.close();
  await start();
});
