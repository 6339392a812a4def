import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Problem } from '../kernel/problem.ts';
import { type PartnerStage, startPartnerStage } from '../providers/partner/partner-fixture.ts';
import type { PaymentProvider } from '../providers/provider.ts';
import { addressTarget } from './open-target.ts';
import { certificationReport, resultOf } from './report.ts';
import { type CertificationTarget, runCertification } from './run-certification.ts';

let stage: PartnerStage;
let said: string[];
beforeEach(async () => {
  stage = await startPartnerStage();
  said = [];
});
afterEach(() => stage.stop());

function target(changes: Partial<CertificationTarget> = {}): CertificationTarget {
  const provider = stage.provider as PaymentProvider;
  return { provider, call: stage.call(), name: 'A partner', providerAccountId: null, ...changes };
}

function run(only: readonly string[] | null, changes: Partial<CertificationTarget> = {}, currency = 'VND') {
  const payer = {
    async act({ orderId }: { readonly orderId: string }) {
      await stage.simulator.approve(orderId);
      return 'done' as const;
    },
  };
  const pause = async (ms: number) => stage.clock.advance({ milliseconds: ms });
  const around = { inbox: null, payer, pause, lifetimeSeconds: 60, waitMsMax: 5_000, preferredCurrency: currency };
  const urls = { returnUrl: 'https://shop.example/back', unheardUrl: 'http://127.0.0.1:9/nobody' };
  const progress = {
    begins: ({ id }: { readonly id: string }, index: number, count: number) =>
      void said.push(`${index + 1}/${count} ${id}`),
    ends: ({ verdict }: { readonly verdict: string }) => void said.push(verdict),
  };
  return runCertification(target(changes), { ...around, ...urls }, { only, progress });
}

describe('a run', () => {
  test('runs what was chosen and what that works on, tells as it goes, and reports in the documented shape', async () => {
    const report = await run(['refund-repeated']);
    expect(said).toEqual([
      ...['1/3 happy-path', 'passed', '2/3 refund-partial', 'passed', '3/3 refund-repeated', 'passed'],
    ]);
    expect(certificationReport.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
    expect(report).toMatchObject({
      ...{ result: 'passed', casesKnown: 25, casesChosen: 3 },
      target: { provider: 'partner', name: 'A partner', amount: 100_000, currency: 'VND', notificationUrl: null },
    });
    expect(report.target.facts.map(({ name }) => name)).toEqual([
      ...['Contract', 'Merchant code', 'API address', 'Signatures'],
    ]);
  });

  test('of live accounts runs only what moves nothing', async () => {
    const report = await run(null, { call: stage.call({ mode: 'live' }) });
    expect(report.cases.map(({ id }) => id)).toEqual([
      ...['unknown-order', 'unsigned-request', 'wrong-signature', 'clock-skew', 'answer-signatures', 'response-times'],
    ]);
    expect(report.casesChosen).toBe(6);
  });

  test('of a case that nobody knows names those that there are', async () => {
    await expect(run(['happy-path', 'fly'])).rejects.toThrow(/There is no case fly\. There are: create-payment, /);
  });

  test('of a provider without cases is refused', async () => {
    const { certification: _, ...provider } = stage.provider;
    await expect(run(null, { provider: provider as PaymentProvider })).rejects.toThrow(Problem);
  });
});

describe('a result', () => {
  const of = (...cases: readonly [Parameters<typeof resultOf>[0][number]['verdict'], boolean?][]) =>
    resultOf(cases.map(([verdict, applies = true]) => ({ verdict, applies })));

  test('is passed only where every case that applies passed', () => {
    expect(of(['passed'], ['not_run', false])).toBe('passed');
    expect(of(['passed'], ['not_run'])).toBe('incomplete');
    expect(of(['passed'], ['needs_person'])).toBe('incomplete');
    expect(of(['passed'], ['needs_person'], ['failed'])).toBe('failed');
    expect(of(['not_run', false])).toBe('incomplete');
    expect(of()).toBe('incomplete');
  });
});

test('credentials that name another address than the one to be certified are refused', () => {
  const { http, clock } = stage.call();
  const registry = new Map([['partner', { provider: stage.provider as PaymentProvider, http: () => http }]]);
  const given = (credentials: Readonly<Record<string, unknown>>) =>
    addressTarget(registry, { apiUrl: 'https://a.example', credentials, mode: 'test', http, clock });
  const keys = { profile: 'bluecom', merchantCode: 'SHOP_1', secretKey: 'a secret of the shop' };
  expect(given(keys)).toMatchObject({ name: 'a.example', providerAccountId: null });
  expect(() => given({ ...keys, apiUrl: 'https://b.example' })).toThrow(/another apiUrl/);
  expect(() => given({ ...keys, secretKey: 'short' })).toThrow(/break a rule/);
});
