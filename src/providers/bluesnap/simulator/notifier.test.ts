import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Merchant, openMerchant } from './merchant-fixture.ts';

let merchant: Merchant;
beforeEach(async () => {
  merchant = await openMerchant();
});
afterEach(() => merchant.simulator.close());

describe('notifications', () => {
  interface Receiver {
    readonly url: string;
    readonly bodies: string[];
    answer: { status: number; body: string };
    close(): Promise<void>;
  }

  async function startReceiver(): Promise<Receiver> {
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      receiver.bodies.push(Buffer.concat(chunks).toString());
      response.writeHead(receiver.answer.status).end(receiver.answer.body);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const receiver: Receiver = {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
      bodies: [],
      answer: { status: 200, body: '' },
      close: async () => {
        server.closeAllConnections();
        server.close();
        await once(server, 'close');
      },
    };
    return receiver;
  }

  let receiver: Receiver;
  beforeEach(async () => {
    receiver = await startReceiver();
    await merchant.simulator.close();
    merchant = await openMerchant({ ipnUrl: receiver.url });
  });
  afterEach(() => receiver.close());

  const types = () => receiver.bodies.map((body) => new URLSearchParams(body).get('transactionType'));
  const pay = async () => {
    await merchant.say('POST', '/transactions', await merchant.chargeBody());
    await merchant.simulator.tick();
  };

  test('tell of a charge with grouped thousands, once it was acknowledged', async () => {
    await pay();
    merchant.clock.advance({ hours: 24 * 7 });
    await merchant.simulator.tick();
    expect(types()).toEqual(['AUTH_ONLY_SINGLE_CHARGE']);
    expect(receiver.bodies[0]).toContain('invoiceChargeAmount=1%2C234.50');
  });

  test('are sent again every four hours, eleven times, and then no more', async () => {
    receiver.answer = { status: 500, body: '' };
    await pay();
    for (let i = 0; i < 20; i++) {
      merchant.clock.advance({ hours: 4 });
      await merchant.simulator.tick();
    }
    expect(receiver.bodies).toHaveLength(12);
    expect(new Set(receiver.bodies).size).toBe(1);
    const stamps = merchant.simulator.notifications.map(({ headers }) => headers['bls-ipn-timestamp']?.[0]);
    expect(new Set(stamps).size).toBe(12);
  });

  test('that want a receipt take nothing else, five times', async () => {
    await merchant.simulator.close();
    merchant = await openMerchant({
      ipnUrl: receiver.url,
      dataProtectionKey: 'my protection key',
      requireReceipt: true,
    });
    await pay();
    for (let i = 0; i < 20; i++) {
      merchant.clock.advance({ hours: 4 });
      await merchant.simulator.tick();
    }
    expect(receiver.bodies).toHaveLength(6);
    receiver.answer = { status: 200, body: '0cad402238adb79e17d722b32a50741c' };
    await pay();
    merchant.clock.advance({ hours: 5 });
    await merchant.simulator.tick();
    expect(receiver.bodies).toHaveLength(7);
  });

  test.each([
    ['duplicate', ['CHARGE', 'CHARGE']],
    ['dropped', []],
    ['delayed', []],
  ] as const)('can be %s', async (fault, expected) => {
    merchant.simulator.breakNotifications(fault);
    await merchant.say('POST', '/transactions', await merchant.chargeBody({ cardTransactionType: 'AUTH_CAPTURE' }));
    await merchant.simulator.tick();
    expect(types()).toEqual(expected);
    merchant.clock.advance({ seconds: 3 });
    await merchant.simulator.tick();
    expect(types()).toEqual(fault === 'delayed' ? ['CHARGE'] : expected);
  });

  test('can come in reversed order, and be badly signed', async () => {
    merchant.simulator.breakNotifications('dropped');
    await merchant.say('POST', '/transactions', await merchant.chargeBody({ cardTransactionType: 'AUTH_CAPTURE' }));
    merchant.simulator.breakNotifications('reversed_order');
    merchant.simulator.console.refund('m-1', 100n);
    merchant.simulator.console.chargeback('m-1', 'NEW');
    await merchant.simulator.tick();
    expect(types()).toEqual(['CHARGEBACK', 'REFUND']);
    const signatures = () => merchant.simulator.notifications.map(({ headers }) => headers['bls-signature']?.[0]);
    merchant.simulator.breakNotifications('none');
    merchant.simulator.console.chargeback('m-1', 'WORKING');
    merchant.simulator.breakNotifications('badly_signed');
    merchant.simulator.console.chargeback('m-1', 'WORKING');
    await merchant.simulator.tick();
    const [good, bad] = signatures().slice(-2);
    expect(good).toMatch(/^[0-9a-f]{64}$/);
    expect(bad).not.toBe(good);
  });
});
