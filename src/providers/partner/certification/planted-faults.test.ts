import { describe, expect, test } from 'vitest';
import { signed } from './broken-partner-fixture.ts';
import { casesThat, runCases } from './certification-fixture.ts';
import { FAULTS } from './planted-faults-fixture.ts';

describe('a fault is found by the case that is there for it, and by no other', () => {
  test.each(FAULTS)('%s', async (_what, fault, caseId, reason) => {
    const findings = await runCases({ fault: fault() });
    expect(casesThat(findings, 'failed'), JSON.stringify(findings[caseId]?.checks)).toEqual([caseId]);
    expect(findings[caseId]?.reason).toMatch(reason);
  });

  test('more than was paid is given back', async () => {
    const findings = await runCases({
      fault: {
        asked: ({ kind, members, isProven }) =>
          kind === 'refund' && isProven && members.amount === 100
            ? { answer: { status: 200, members: signed('refunded', { ...members, status: 'REFUNDED' }) } }
            : null,
      },
    });
    expect(casesThat(findings, 'failed')).toEqual(['refund-too-much']);
  });

  test.each([
    ['too busy', 429],
    ['not there', 404],
  ])('a partner that is %s has refused nothing', async (_what, status) => {
    const findings = await runCases({
      fault: { asked: ({ members }) => (members.signature === undefined ? { answer: { status, members: {} } } : null) },
    });
    expect(casesThat(findings, 'failed')).toEqual(['unsigned-request']);
  });

  test('of NeoPay, wrong hashes on notifications', async () => {
    const findings = await runCases({ profile: 'neopay', prepare: (simulator) => simulator.notify('badly_signed') });
    expect(casesThat(findings, 'failed')).toEqual(['ipn-signature']);
  });

  test('a partner that is not there fails the first case, and the others say why they did not run', async () => {
    const findings = await runCases({ fault: { asked: () => ({ answer: { status: 502, members: {} } }) } });
    expect(findings['create-payment']).toMatchObject({ verdict: 'failed', reason: 'It answered 502.' });
    expect(findings['happy-path']).toMatchObject({ verdict: 'not_run', applies: true });
    expect(findings['happy-path']?.reason).toMatch(/No payment could be created for it: 502/);
    expect(casesThat(findings, 'passed')).not.toContain('unsigned-request');
  });
});
