import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { afterEach, describe, expect, it } from 'vitest';
import { expressReceiver } from './express.ts';
import { Inbox } from './inbox.ts';
import { type ReceiverOptions, receiver } from './receiver.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const closes: (() => void)[] = [];
afterEach(() => {
  for (const close of closes.splice(0)) close();
});

function rethrow(error: unknown): never {
  throw error;
}

function notification(id: string, secret = SECRET): { body: string; headers: Record<string, string> } {
  const body = JSON.stringify({ id, type: 'payment.succeeded', data: { object: {} } });
  const now = new Date();
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign(id, now, body),
  };
  return { body, headers };
}

function optionsWith(changes: Partial<ReceiverOptions> = {}): ReceiverOptions & { readonly lines: string[] } {
  const lines: string[] = [];
  const inbox = new Inbox(':memory:');
  closes.push(() => inbox.close());
  const keys = { dialect: 'standard', secrets: [SECRET] };
  return { keys, inbox, egressAddresses: [], work: () => {}, log: (line) => lines.push(line), lines, ...changes };
}

async function listen(handler: Parameters<typeof createServer>[1]): Promise<string> {
  const server = createServer(handler ?? (() => {}));
  closes.push(
    () => server.closeAllConnections(),
    () => server.close(),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks`;
}

const post = (url: string, message: { body: string | Buffer; headers: Record<string, string> }) =>
  fetch(url, { method: 'POST', ...message });

describe('a receiver', () => {
  it('answers before it works, and works once on what comes twice', async () => {
    const started: unknown[] = [];
    let release = () => {};
    const warehouse = new Promise<void>((resolve) => {
      release = resolve;
    });
    const work = (said: unknown) => {
      started.push(said);
      return warehouse;
    };
    const url = await listen(receiver(optionsWith({ work })));
    expect((await post(url, notification('evt_1'))).status).toBe(200);
    expect((await post(url, notification('evt_1'))).status).toBe(200);
    expect((await post(url, notification('evt_2'))).status).toBe(200);
    expect(started).toMatchObject([{ id: 'evt_1' }]);
    release();
    await expect.poll(() => started).toMatchObject([{ id: 'evt_1' }, { id: 'evt_2' }]);
  });

  it('does after a restart what it had acknowledged and not done', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tollgate-inbox-'));
    closes.push(() => rmSync(folder, { recursive: true, force: true }));
    const before = new Inbox(join(folder, 'inbox'));
    const options = optionsWith({ inbox: before, work: () => Promise.reject(new Error('power cut')) });
    expect((await post(await listen(receiver(options)), notification('evt_1'))).status).toBe(200);
    await expect.poll(() => options.lines).toEqual(['not worked off yet: power cut']);
    before.close();
    const after = new Inbox(join(folder, 'inbox'));
    closes.push(() => after.close());
    const done: unknown[] = [];
    await after.workOff((said) => void done.push(said), rethrow);
    await after.workOff((said) => void done.push(said), rethrow);
    expect(done).toMatchObject([{ id: 'evt_1' }]);
  });

  it('does not acknowledge what it could not write down', async () => {
    const options = optionsWith();
    options.inbox.close();
    closes.splice(0);
    expect((await post(await listen(receiver(options)), notification('evt_1'))).status).toBe(500);
  });

  it('refuses what is forged, too large, no POST, or from elsewhere', async () => {
    const options = optionsWith();
    const url = await listen(receiver(options));
    const forged = notification('evt_1', `whsec_${Buffer.alloc(32, 8).toString('base64')}`);
    expect((await post(url, forged)).status).toBe(400);
    expect((await fetch(url)).status).toBe(405);
    expect((await post(url, { body: Buffer.alloc(1024 * 1024 + 1), headers: {} })).status).toBe(413);
    expect(options.lines).toEqual(['refused: no_match']);
    const elsewhere = await listen(receiver(optionsWith({ egressAddresses: ['203.0.113.7'] })));
    expect((await post(elsewhere, notification('evt_1'))).status).toBe(403);
  });

  it('is a handler of Express as well, behind its parser for raw bytes', async () => {
    const said: unknown[] = [];
    const handler = expressReceiver(optionsWith({ work: (each) => void said.push(each) }));
    const url = await listen(async (request, response) => {
      const body = Buffer.concat(await request.toArray());
      handler(Object.assign(request, { body }), response, rethrow);
    });
    expect((await post(url, notification('evt_1'))).status).toBe(200);
    await expect.poll(() => said).toMatchObject([{ id: 'evt_1' }]);
    const parsed = await listen((request, response) => {
      handler(Object.assign(request, { body: { id: 'evt_2' } }), response, rethrow);
    });
    expect((await post(parsed, notification('evt_2'))).status).toBe(400);
  });
});
