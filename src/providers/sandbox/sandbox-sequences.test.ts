import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createOutboundHttp } from '../../platform/outbound-http.ts';
import { parseSandboxWebhook } from './parse-sandbox-webhook.ts';
import { createSandboxProvider } from './sandbox-provider.ts';
import { type SandboxDesk, startDesk } from './server/sandbox-desk-fixture.ts';

let desk: SandboxDesk;
let http: ReturnType<typeof createOutboundHttp>;
beforeAll(async () => {
  desk = await startDesk();
  http = createOutboundHttp({ allowPrivateTargets: true, userAgent: 'sandbox-test' });
});
afterAll(async () => {
  await http.close();
  await desk.close();
});

type Step =
  | { readonly does: 'capture' | 'refund' | 'reverse'; readonly amount: number; readonly final: boolean }
  | { readonly does: 'release' | 'void' | 'wait' };

/** Amounts of all endings that answer whole, and those that add up to the charge. */
const amount = fc.constantFrom(103, 104, 106, 250, 400, 647, 1000, 1250);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ does: fc.constantFrom('capture', 'refund', 'reverse'), amount, final: fc.boolean() }),
  fc.record({ does: fc.constantFrom('release', 'void', 'wait', 'wait') }),
);
const token = fc.constantFrom('tok_approve', 'tok_authorize_only', 'tok_authorization_lapses', 'tok_dispute_won');

let serial = 0;
async function take(charge: string, { does, ...how }: Step): Promise<void> {
  const reference = `o_${serial++}`;
  if (does === 'wait') await desk.pass({ seconds: 1 });
  else if (does === 'release') await desk.ask(charge, '/cancel', { releaseAuthorization: true });
  else if (does === 'void') await desk.merchant.say('POST', `/v1/console/charges/${charge}/void`, {});
  else if ('amount' in how) {
    const made = does === 'capture' ? desk.capture(charge, reference, how.amount, how.final) : null;
    await (made ?? (does === 'refund' ? desk.refund : desk.reverse)(charge, reference, how.amount));
  }
}

test('in whatever order a charge is captured, released, refunded, reversed and waited for, all it says is consistent', async () => {
  const provider = createSandboxProvider({ baseUrl: desk.sandbox.url });
  const credentials = { merchantCode: desk.merchant.code, secretKey: desk.merchant.secret };
  const call = { mode: 'test', credentials, http, clock: desk.clock } as const;
  const ends = new Set<string>();
  await fc.assert(
    fc.asyncProperty(token, fc.array(step, { minLength: 2, maxLength: 10 }), async (name, steps) => {
      desk.receiver.received.length = 0;
      const charge = await desk.merchant.charge(name, desk.receiver.url, { captureMethod: 'manual' });
      for (const each of steps) {
        await take(charge, each);
        expect(await provider.retrieve(call, { attemptId: charge })).toMatchObject({ kind: 'answered' });
      }
      await desk.pass({ seconds: 10 });
      const end = await provider.retrieve(call, { attemptId: charge });
      if (end.kind !== 'answered') throw new Error(end.kind);
      for (const { state } of [...end.captures, ...end.refunds, ...end.reversals]) expect(state).not.toBe('pending');
      ends.add(end.report.state);
      for (const webhook of desk.receiver.received) {
        const { kind } = parseSandboxWebhook({ ...call, clock: { now: () => webhook.receivedAt } }, webhook);
        expect(kind).toBe('events');
      }
    }),
    { numRuns: 150 },
  );
  expect([...ends].sort()).toEqual(['authorized', 'canceled', 'captured', 'expired']);
});
