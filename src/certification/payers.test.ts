import { expect, test } from 'vitest';
import type { OutboundHttp, OutboundRequest } from '../platform/outbound-http.ts';
import type { PayerTask } from '../providers/provider-certification.ts';
import { askPerson, controlPayer, payerControl, printable } from './payers.ts';

const TASK: PayerTask = {
  ...{ action: 'approve', orderId: 'att_1', providerRef: 'PG "1"&', qrPayload: null },
  ...{ redirectUrl: 'https://pay.example/PG1?a=1&b=2', money: { amount: 10_000n, currency: 'EUR' } },
};

/** A line on which a status is answered to everything. */
function lineWith(status: number): { readonly http: OutboundHttp; readonly sent: OutboundRequest[] } {
  const sent: OutboundRequest[] = [];
  const timings = { totalMs: 1, firstByteMs: 1 };
  const answered = { kind: 'answered', status, headers: {}, body: new Uint8Array(), bodyCut: false } as const;
  return {
    sent,
    http: {
      async send(request) {
        sent.push(request);
        return { ...answered, remoteAddress: null, timings };
      },
    },
  };
}

const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };
const control = payerControl.parse({
  approve: { url: '{redirectUrl}', headers: FORM, body: 'ref={providerRef}&decision=approve&{other}' },
  cancel: { method: 'PUT', url: 'https://sandbox.example/{providerRef}/cancel', body: '{"ref":"{providerRef}"}' },
});

test('the sandbox’s control is asked with the order’s names in its words, each written as its place wants it', async () => {
  const { http, sent } = lineWith(204);
  const payer = controlPayer(control, http);
  expect(await payer.act(TASK)).toBe('done');
  expect(await payer.act({ ...TASK, action: 'cancel' })).toBe('done');
  expect(sent).toMatchObject([
    { method: 'POST', url: TASK.redirectUrl, body: 'ref=PG%20%221%22%26&decision=approve&{other}' },
    { method: 'PUT', url: 'https://sandbox.example/PG%20%221%22%26/cancel', body: '{"ref":"PG \\"1\\"&"}' },
  ]);
});

test('a control that refuses, or is not there, has failed', async () => {
  expect(await controlPayer(control, lineWith(404).http).act(TASK)).toBe('failed');
  const timings = { totalMs: 1, firstByteMs: null };
  const nowhere: OutboundHttp = {
    send: async () => ({ kind: 'not_sent', reason: 'connection_refused', detail: '', timings }),
  };
  expect(await controlPayer(control, nowhere).act(TASK)).toBe('failed');
});

test('a person is told what to do, where, and in a terminal by a QR code', async () => {
  const said: string[][] = [];
  const tell = (lines: readonly string[]) => void said.push([...lines]);
  expect(await askPerson(tell, false).act(TASK)).toBe('asked');
  expect(said).toEqual([['Pay it: approve the payment on the partner’s page. (€100.00)', TASK.redirectUrl]]);
  await askPerson(tell, true).act({ ...TASK, action: 'cancel', redirectUrl: null, qrPayload: '000201' });
  expect(said[1]?.slice(0, 2)).toEqual([
    'Do not pay it: cancel the payment on the partner’s page. (€100.00)',
    '000201',
  ]);
  expect(said[1]?.slice(2).join('')).toMatch(/[▀▄█]/);
});

test('a partner’s text moves no cursor and turns no line', () => {
  expect(printable('a\u001b[2Jb\u202ec\nd')).toBe('a\u{fffd}[2Jb\u{fffd}c\u{fffd}d');
});
