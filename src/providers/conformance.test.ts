import { describe, expect, test } from 'vitest';
import type { ConformanceCase } from './conformance/case.ts';
import { NotConforming, NotStaged } from './conformance/checks.ts';
import { DOUBLES } from './conformance/doubles.ts';
import { isConforming, renderConformanceText } from './conformance/report.ts';
import { CONFORMANCE_CASES, runCase } from './conformance/run-conformance.ts';
import { createProviderRegistry } from './registry.ts';

describe.each(DOUBLES)('$name conforms', (kind) => {
  test.each(CONFORMANCE_CASES)('$id $title ($requirements)', async (each) => {
    const { status, reason } = await runCase(kind, each);
    expect([status, reason ?? ''], reason).toEqual([
      expect.stringMatching(/^(?:passed|not_applicable)$/),
      expect.any(String),
    ]);
  });
});

describe('the suite', () => {
  test('has its 66 cases, each once and in order', () => {
    expect(CONFORMANCE_CASES.map(({ id }) => id)).toEqual(Array.from({ length: 66 }, (_, index) => index + 1));
    expect(new Set(CONFORMANCE_CASES.map(({ title }) => title)).size).toBe(66);
    for (const { requirements } of CONFORMANCE_CASES) expect(requirements.length).toBeGreaterThan(0);
  });

  test('holds every registered provider to it', async () => {
    const http = { send: () => Promise.reject(new Error('Nobody is called here')) };
    const registered = createProviderRegistry({
      sandboxUrl: 'http://127.0.0.1:9',
      sandboxHttp: http,
      publicHttp: http,
    });
    expect(new Set(DOUBLES.map(({ name }) => name.replace(/\(.*/, '')))).toEqual(new Set(registered.keys()));
  });

  const [kind] = DOUBLES;
  const sample = (its: Partial<ConformanceCase>): ConformanceCase => ({
    ...{ id: 1, group: 'description', title: 'A sample', requirements: ['S0.1'], needs: [], steps: async () => {} },
    ...its,
  });
  const fails = (error: Error) => sample({ steps: () => Promise.reject(error) });

  test.each([
    ['passed', sample({})],
    ['failed', fails(new NotConforming('it does not'))],
    ['failed', fails(new Error('something broke'))],
    ['not_staged', fails(new NotStaged('nobody can show it'))],
    ['not_applicable', sample({ needs: ['certificates'] })],
  ] as const)('says %s', async (status, each) => {
    if (kind === undefined) throw new Error('There are no doubles');
    const result = await runCase(kind, each);
    expect(result).toMatchObject({ status, adapter: kind.name, evidence: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(isConforming([result])).toBe(status === 'passed' || status === 'not_applicable');
    const table = renderConformanceText({ adapters: [kind.name], cases: [each], results: [result] });
    if (status === 'failed' || status === 'not_staged') expect(table).toContain(String(result.reason).slice(0, 10));
  });
});
