/** For tests only: a report of a partner that is wrong in one thing and hostile in all it says. */

import { signed } from '../providers/partner/certification/broken-partner-fixture.ts';
import { PARTNER_CASES } from '../providers/partner/certification/cases.ts';
import { runCases } from '../providers/partner/certification/certification-fixture.ts';
import { type CertificationReport, certificationReport, resultOf } from './report.ts';

export const HOSTILE = `</pre></style><script>alert(1)</script><img src=x onerror=alert(1)>"' \u202egnp.exe\u0007`;

/** Runs all cases against a partner whose creations and refusals carry markup, unsigned. */
export async function hostileReport(): Promise<CertificationReport> {
  const found = await runCases({
    fault: {
      answered: (answer) =>
        answer.status >= 400
          ? { ...answer, members: signed('refused', { ...answer.members, message: HOSTILE }) }
          : { ...answer, members: { ...answer.members, note: HOSTILE, signature: HOSTILE } },
      pageHeaders: { 'x-frame-options': HOSTILE.replace(/[^\x20-\x7e]/g, '') },
    },
  });
  const cases = PARTNER_CASES.map(({ id, title, requirements, does, expects }) => {
    const { evidence, ...finding } = found[id] ?? { evidence: [] };
    const shown = evidence.map((step) => ({ ...step, at: step.at.toString() }));
    const description = { id, title, requirements, does, expects };
    return { ...description, ...finding, evidence: shown, startedAt: '2026-03-01T12:00:00Z', durationMs: 12 };
  });
  return certificationReport.parse({
    ...{ object: 'certification_report', version: 1, cases, casesKnown: cases.length, casesChosen: cases.length },
    ...{ result: resultOf(cases as never), startedAt: '2026-03-01T12:00:00Z', endedAt: '2026-03-01T12:03:20Z' },
    target: {
      ...{ provider: 'partner', name: HOSTILE, providerAccountId: 'pa_1', mode: 'test', notificationUrl: null },
      ...{ facts: [{ name: 'Contract', value: HOSTILE }], amount: 10_000, currency: 'EUR' },
    },
  });
}
