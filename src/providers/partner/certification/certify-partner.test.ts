import { describe, expect, test } from 'vitest';
import { signedWebhook } from '../bluecom-messages-fixture.ts';
import { SECRET, startPartnerStage } from '../partner-fixture.ts';
import { PARTNER_CASES } from './cases.ts';
import { casesThat, type RunFindings, runCases } from './certification-fixture.ts';
import { Findings } from './findings.ts';
import { FAULTS } from './planted-faults-fixture.ts';
import { measureAnswers, percentile } from './whole-run-cases.ts';

const ALL = PARTNER_CASES.map(({ id }) => id);
/** What the contract of NeoPay leaves nothing to prove of. */
const NOT_FOR_NEOPAY = [
  ...['separator-in-value', 'clock-skew', 'tampered-answer', 'ipn-timestamp', 'refund-partial', 'refund-repeated'],
  ...['refund-full', 'refund-too-much', 'answer-signatures'],
];

function without(...ids: readonly string[]): readonly string[] {
  return ALL.filter((id) => !ids.includes(id));
}

function inapplicable(findings: RunFindings): readonly string[] {
  return Object.keys(findings).filter((id) => findings[id]?.applies === false);
}

describe('a sound partner passes', () => {
  test.each([
    ['of the Bluecom contract, with a secret', { profile: 'bluecom' }, []],
    ['of the Bluecom contract, with key pairs', { profile: 'bluecom', keys: 'rsa' }, []],
    ['of NeoPay, as far as its contract goes', { profile: 'neopay' }, NOT_FOR_NEOPAY],
    ['through a party between that breaks nothing', { fault: {} }, []],
    ['whose notifications a running gateway takes', { isGateway: true }, []],
  ] as const)('%s', async (_who, options, notRun) => {
    const findings = await runCases(options);
    expect(casesThat(findings, 'passed')).toEqual(without(...notRun));
    expect(inapplicable(findings)).toEqual(notRun.toSorted((a, b) => ALL.indexOf(a) - ALL.indexOf(b)));
    expect(Object.values(findings).every(({ reason }) => reason !== '')).toBe(true);
  });

  test('that gives QR codes, which have no page to be opened', async () => {
    const findings = await runCases({ prepare: (simulator) => simulator.offer('qr') });
    expect(casesThat(findings, 'passed')).toEqual(without('hosted-page'));
  });

  test('whose refunds take their time', async () => {
    const only = ['happy-path', 'refund-partial', 'refund-repeated'];
    const findings = await runCases({
      only,
      prepare(simulator) {
        simulator.endRefunds('later');
        const { tick } = simulator;
        simulator.tick = async () => {
          for (const { ask, refunds } of [simulator.find(lastOrder(simulator))].flatMap((order) => order ?? [])) {
            for (const { refundId, state } of refunds.values()) {
              if (state === 'pending') await simulator.endRefund(ask.orderId, refundId, 'done');
            }
          }
          await tick();
        };
      },
    });
    expect(casesThat(findings, 'passed')).toEqual(only);
  });
});

function lastOrder({ notifications }: { readonly notifications: readonly { readonly body: Uint8Array }[] }): string {
  const last = notifications.at(-1);
  return last === undefined ? '' : JSON.parse(Buffer.from(last.body).toString()).orderId;
}

test('what strangers send to the open address, and other orders of the account, say nothing about the partner', async () => {
  const other = Buffer.from(signedWebhook({ timestamp: '2026-03-01T10:00:00Z' }).body).toString();
  const findings = await runCases({ noise: ['GET /.env', '{"orderId":"1","amount":7.5}', other] });
  expect(casesThat(findings, 'passed')).toEqual(ALL);
});

test('a gateway of ours that believes everything fails the cases about what it must refuse', async () => {
  const findings = await runCases({ believesAll: true });
  expect(casesThat(findings, 'failed')).toEqual(['ipn-repeated', 'ipn-forged', 'ipn-timestamp']);
  expect(findings['ipn-forged']?.checks.map(({ holds }) => holds)).toEqual([false, false, false]);
  expect(findings['ipn-timestamp']?.reason).toBe('A stale copy was taken.');
});

describe('what is not there', () => {
  test('a shopper who does not come makes the cases wait for a person, and no case fail', async () => {
    const findings = await runCases({ payer: 'nobody' });
    expect(casesThat(findings, 'needs_person')).toEqual(['happy-path', 'stuck-order', 'cancel']);
    expect(casesThat(findings, 'failed')).toEqual([]);
    expect(findings['refund-partial']).toMatchObject({ verdict: 'not_run', applies: true });
    expect(findings['happy-path']?.reason).toMatch(/Nobody did it within 90 s/);
  });

  test('without an inbox the ends are asked about, and the cases about notifications are not run', async () => {
    const findings = await runCases({ hasInbox: false });
    const aboutNotifications = ['ipn-repeated', 'ipn-signature', 'ipn-forged', 'ipn-timestamp'];
    expect(casesThat(findings, 'passed')).toEqual(without(...aboutNotifications));
    expect(findings['ipn-signature']?.reason).toMatch(/--ipn-url/);
  });

  test('in live mode nothing is created, refunded or notified', async () => {
    const sent: string[] = [];
    const findings = await runCases({
      mode: 'live',
      fault: {
        asked({ kind }) {
          sent.push(kind);
          return null;
        },
      },
    });
    expect(new Set(sent)).toEqual(new Set(['query']));
    const safe = [
      'unknown-order',
      'unsigned-request',
      'wrong-signature',
      'clock-skew',
      'answer-signatures',
      'response-times',
    ];
    expect(casesThat(findings, 'passed')).toEqual(safe);
    expect(inapplicable(findings)).toEqual(PARTNER_CASES.filter(({ liveSafe }) => !liveSafe).map(({ id }) => id));
  });
});

describe('the evidence', () => {
  test('shows the string to sign and both signatures, and no key', async () => {
    const [, fault] = FAULTS[1] ?? [];
    const findings = await runCases({ fault: fault?.() ?? {}, only: ['create-payment'] });
    const text = JSON.stringify(findings);
    expect(text).not.toContain(SECRET);
    expect(findings['create-payment']?.evidence[0]).toMatchObject({
      ...{ kind: 'exchange', method: 'POST', outcome: '200' },
      request: { signature: { verdict: 'ours', signedText: expect.stringContaining('|10000|EUR|'), separator: '|' } },
      answer: { status: 200, signature: { verdict: 'invalid', expected: expect.stringMatching(/^[0-9a-f]{64}$/) } },
    });
  });

  test('does not hold the content of the page, which may lie where only we can look', async () => {
    const findings = await runCases({ only: ['create-payment', 'hosted-page'] });
    expect(findings['hosted-page']).toMatchObject({
      verdict: 'passed',
      evidence: [{ answer: { status: 200, body: '' } }],
    });
  });

  test('says why the adapter sent nothing', async () => {
    const findings = await runCases({ mode: 'live', only: ['unknown-order'], apiUrl: 'http://plain.example' });
    expect(findings['unknown-order']?.reason).toBe(
      'It answered nothing, since nothing was sent (invalid_credentials).',
    );
  });

  test('does not hold a key that the partner repeats, nor card numbers', async () => {
    const findings = await runCases({
      only: ['unknown-order'],
      fault: { answered: (a) => ({ ...a, members: { code: 'x', message: `${SECRET} 4111 1111 1111 1111` } }) },
    });
    const text = JSON.stringify(findings);
    expect([text.includes(SECRET), text.includes('1111 1111')]).toEqual([false, false]);
    expect(text).toContain('[masked]');
  });
});

test('answers that come late, or not in time, fail the case that measures them', async () => {
  const judge = async (...outcomes: readonly object[]) => {
    const found = new Findings('response-times');
    await measureAnswers({ exchanges: outcomes.map((outcome) => ({ outcome })) } as never, found);
    return found.finish(null);
  };
  const after = (totalMs: number) => ({ kind: 'answered', timings: { totalMs } });
  const lost = { kind: 'lost', reason: 'timeout', timings: { totalMs: 10_000 } };
  const quick = Array.from({ length: 19 }, () => after(20));
  expect(await judge(...quick, after(9_000))).toMatchObject({ verdict: 'passed' });
  expect(await judge(...quick, after(9_000), after(6_000))).toMatchObject({
    ...{ verdict: 'failed', reason: expect.stringMatching(/95 of 100 within 6000 ms, the last after 9000 ms/) },
  });
  expect(await judge(...quick, lost)).toMatchObject({
    verdict: 'failed',
    reason: expect.stringMatching(/^1 of 20 answers/),
  });
});

test('the percentile is the nearest rank', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
  expect([percentile(hundred, 0.95), percentile(hundred, 0.5), percentile([7], 0.95), percentile([], 0.95)]).toEqual([
    ...[95, 50, 7, 0],
  ]);
});

test('cases need only cases that come before them', () => {
  for (const [index, { needs }] of PARTNER_CASES.entries()) {
    for (const id of needs) expect(ALL.slice(0, index)).toContain(id);
  }
  expect(new Set(ALL).size).toBe(ALL.length);
});

test('the adapter lists its cases', async () => {
  const stage = await startPartnerStage();
  expect(stage.provider.certification?.cases.map(({ id }) => id)).toEqual(ALL);
  await stage.stop();
});
