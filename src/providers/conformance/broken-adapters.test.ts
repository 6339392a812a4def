import { expect, test } from 'vitest';
import { present } from '../../kernel/assert.ts';
import type { OutboundHttp } from '../../platform/outbound-http.ts';
import { BLUESNAP_DOUBLE } from '../bluesnap/bluesnap-conformance-fixture.ts';
import type { CreateInput, PaymentProvider } from '../provider.ts';
import { SANDBOX_DOUBLE } from '../sandbox/sandbox-conformance-fixture.ts';
import { STRIPE_DOUBLE } from '../stripe/stripe-conformance-fixture.ts';
import type { DoubleKind } from './double.ts';
import { CONFORMANCE_CASES, runCase } from './run-conformance.ts';

type Breaking = (sound: PaymentProvider) => Partial<PaymentProvider>;

/** The same provider, spoken to by an adapter with a fault. */
function broken(kind: DoubleKind, breaking: Breaking): DoubleKind {
  return {
    ...kind,
    start: async () => {
      const double = await kind.start();
      const accountAt: typeof double.accountAt = (url, patienceMs) => {
        const { provider, credentials } = double.accountAt(url, patienceMs);
        return { provider: { ...provider, ...breaking(provider) }, credentials };
      };
      return { ...double, accountAt };
    },
  };
}

async function statusOf(kind: DoubleKind, id: number): Promise<string> {
  return (
    await runCase(
      kind,
      present(
        CONFORMANCE_CASES.find((each) => each.id === id),
        'the case',
      ),
    )
  ).status;
}

let keys = 0;

function withFreshKeys(http: OutboundHttp): OutboundHttp {
  return {
    send: (request) => http.send({ ...request, headers: { ...request.headers, 'idempotency-key': `key-${keys++}` } }),
  };
}

function inFloats<Input extends Pick<CreateInput, 'amount'>>(input: Input): Input {
  const { amount, currency } = input.amount;
  return { ...input, amount: { amount: BigInt(Math.floor((Number(amount) / 100) * 100)), currency } };
}

const FAULTS: readonly (readonly [fault: string, kind: DoubleKind, caughtBy: readonly number[], Breaking])[] = [
  [
    'a new key with every repeat',
    STRIPE_DOUBLE,
    [12, 41],
    (sound) => ({ create: (call, input) => sound.create({ ...call, http: withFreshKeys(call.http) }, input) }),
  ],
  [
    'a time-out that is taken for a failure',
    SANDBOX_DOUBLE,
    [41, 42],
    (sound) => ({
      create: async (call, input) => {
        const answer = await sound.create(call, input);
        return answer.kind === 'unknown' ? { kind: 'refused', code: 'failed', message: answer.reason } : answer;
      },
    }),
  ],
  [
    'a repeat of its own, when no answer comes',
    SANDBOX_DOUBLE,
    [41],
    (sound) => ({
      create: async (call, input) => {
        const answer = await sound.create(call, input);
        return answer.kind === 'unknown' ? sound.create(call, input) : answer;
      },
    }),
  ],
  [
    'a verification that says yes by default',
    STRIPE_DOUBLE,
    [47, 48, 49, 50, 52],
    (sound) => ({
      parseWebhook: async (call, request) => {
        const outcome = await sound.parseWebhook(call, request);
        const reply = { status: 200 };
        return outcome.kind === 'rejected'
          ? { kind: 'events', events: [], replies: { accepted: reply, duplicate: reply } }
          : outcome;
      },
    }),
  ],
  [
    'two decimals for every currency',
    STRIPE_DOUBLE,
    [10],
    (sound) => ({
      create: (call, input) => {
        const { amount, currency } = input.amount;
        return sound.create(call, {
          ...input,
          amount: { amount: currency === 'JPY' ? amount * 100n : amount, currency },
        });
      },
    }),
  ],
  [
    'amounts computed in floats',
    BLUESNAP_DOUBLE,
    [10],
    (sound) => ({
      complete: (call, input) =>
        present(sound.complete, 'complete')(call, { ...input, created: inFloats(input.created) }),
    }),
  ],
  [
    'an answer that promises what the browser says',
    BLUESNAP_DOUBLE,
    [21],
    () => ({
      complete: async (_call, { attemptId, created }) => {
        return { kind: 'answered', providerRef: attemptId, report: { state: 'captured', amount: created.amount } };
      },
    }),
  ],
  ['a capability without its method', SANDBOX_DOUBLE, [2], () => ({ capabilities: { ...LESS, capture: false } })],
];

const LESS = {
  ...({ modes: ['test'], currencies: 'any', nextActions: ['redirect', 'qr'], release: true } as const),
  ...({ refund: false, reversal: true, evidence: true, cancel: true, complete: false } as const),
  ...({ retrieveBy: ['attemptId'], forwards: [], unacknowledged: 'repeats', settlement: false } as const),
};

test.each(FAULTS)('the suite finds %s', async (_fault, kind, caughtBy, breaking) => {
  for (const id of caughtBy) {
    expect(await statusOf(broken(kind, breaking), id), `case ${id}`).toBe('failed');
  }
});

test('an adapter without a fault passes in the same disguise', async () => {
  for (const id of [2, 10, 12, 47, 48])
    expect(
      await statusOf(
        broken(STRIPE_DOUBLE, () => ({})),
        id,
      ),
    ).toBe('passed');
});
