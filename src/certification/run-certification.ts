import type { Clock } from '../kernel/clock.ts';
import { amountToJson } from '../kernel/money.ts';
import { Problem } from '../kernel/problem.ts';
import type { PaymentProvider, ProviderCall } from '../providers/provider.ts';
import type {
  CaseDescription,
  CaseFinding,
  Certification,
  CertificationSurroundings,
} from '../providers/provider-certification.ts';
import { type CaseReport, type CertificationReport, caseReport, resultOf } from './report.ts';

/** Whom the cases are run against. */
export interface CertificationTarget {
  readonly provider: PaymentProvider;
  readonly call: ProviderCall<unknown>;
  /** For people. */
  readonly name: string;
  /** null: credentials out of a file, of no account. */
  readonly providerAccountId: string | null;
}

/** Told as it goes. */
export interface CertificationProgress {
  begins(description: CaseDescription, index: number, count: number): void;
  ends(report: CaseReport): void;
}

/** What is to be done of the surroundings; the money is the provider's default unless it is said. */
export type CertificationSettings = Omit<CertificationSurroundings, 'money'> & {
  readonly money?: CertificationSurroundings['money'];
  readonly preferredCurrency?: string;
};

/**
 * Runs a provider's acceptance cases one after the other and writes down what each found. Stores nothing of ours; at a
 * sandbox, orders and refunds are left behind. In live mode only what moves nothing is run.
 * @throws Problem not_supported_by_provider (it has no cases), validation_failed (an unknown case)
 */
export async function runCertification(
  target: CertificationTarget,
  settings: CertificationSettings,
  options: { readonly only: readonly string[] | null; readonly progress: CertificationProgress },
): Promise<CertificationReport> {
  const { provider, call, name, providerAccountId } = target;
  const certification = certificationOf(provider);
  const chosen = chooseCases(certification.cases, options.only, call.mode === 'live');
  const { money: chosenMoney, preferredCurrency, ...around } = settings;
  const money = chosenMoney ?? certification.defaultAmount(call.credentials, preferredCurrency);
  const run = certification.begin(call, { ...around, money });
  const startedAt = call.clock.now();
  const cases: CaseReport[] = [];
  for (const [index, description] of chosen.entries()) {
    options.progress.begins(description, index, chosen.length);
    const report = await reportOf(call.clock, description, () => run.run(description.id));
    cases.push(report);
    options.progress.ends(report);
  }
  return {
    ...{ object: 'certification_report', version: 1, result: resultOf(cases) },
    ...{ startedAt: startedAt.toString(), endedAt: call.clock.now().toString() },
    target: {
      ...{ provider: provider.id, name, providerAccountId, mode: call.mode },
      facts: certification.facts(call.credentials).map((fact) => ({ ...fact })),
      ...{ amount: amountToJson(money.amount), currency: money.currency },
      notificationUrl: settings.inbox?.url ?? null,
    },
    ...{ casesKnown: certification.cases.length, casesChosen: chosen.length, cases },
  };
}

function certificationOf({ certification, displayName }: PaymentProvider): Certification<unknown> {
  if (certification !== undefined) return certification;
  throw new Problem('not_supported_by_provider', `${displayName} has no acceptance cases: it has its own.`);
}

/** The wanted cases with those whose orders they work on, in the order of the list. */
function chooseCases(
  all: readonly CaseDescription[],
  only: readonly string[] | null,
  isLive: boolean,
): readonly CaseDescription[] {
  const unknown = (only ?? []).filter((id) => !all.some((each) => each.id === id));
  if (unknown.length > 0) {
    const known = all.map(({ id }) => id).join(', ');
    throw new Problem('validation_failed', `There is no case ${unknown.join(', ')}. There are: ${known}.`);
  }
  const wanted = new Set(only ?? all.map(({ id }) => id));
  for (const { id, needs } of all.toReversed()) if (wanted.has(id)) for (const need of needs) wanted.add(need);
  return all.filter(({ id, liveSafe }) => wanted.has(id) && (liveSafe || !isLive));
}

async function reportOf(
  clock: Clock,
  { id, title, requirements, does, expects }: CaseDescription,
  work: () => Promise<CaseFinding>,
): Promise<CaseReport> {
  const startedAt = clock.now();
  const startedMs = performance.now();
  const { evidence, checks, ...found } = await work();
  // What adapters find is held against the documented shape, so that nothing else gets out with it.
  return caseReport.parse({
    ...{ id, title, requirements, does, expects, ...found, checks },
    startedAt: startedAt.toString(),
    durationMs: Math.round(performance.now() - startedMs),
    evidence: evidence.map((step) => ({ ...step, at: step.at.toString() })),
  });
}
