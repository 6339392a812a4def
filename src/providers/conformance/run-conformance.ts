/** Runs the suite and says what came of it. */
import { createHash } from 'node:crypto';
import { ASKING_CASES } from './asking-cases.ts';
import { type ConformanceCase, whyNotApplicable } from './case.ts';
import { NotConforming, NotStaged } from './checks.ts';
import { CREATING_CASES } from './creating-cases.ts';
import { DESCRIPTION_CASES } from './description-cases.ts';
import type { DoubleKind } from './double.ts';
import { ORDERING_CASES } from './ordering-cases.ts';
import { READING_CASES } from './reading-cases.ts';
import { REFUND_CASES } from './refund-cases.ts';
import { SETTLEMENT_CASES } from './settlement-cases.ts';
import { type World, withWorld } from './stage.ts';
import { TAKING_CASES } from './taking-cases.ts';
import { VERIFYING_CASES } from './verifying-cases.ts';

/** Everything that is demanded of an adapter, in the order of its numbers. */
export const CONFORMANCE_CASES: readonly ConformanceCase[] = [
  ...DESCRIPTION_CASES,
  ...CREATING_CASES,
  ...TAKING_CASES,
  ...REFUND_CASES,
  ...ASKING_CASES,
  ...VERIFYING_CASES,
  ...ORDERING_CASES,
  ...READING_CASES,
  ...SETTLEMENT_CASES,
];

/** `not_staged` counts against the adapter like `failed`: what nobody has seen is not proven. */
export type CaseStatus = 'passed' | 'failed' | 'not_applicable' | 'not_staged';

export interface CaseResult {
  readonly adapter: string;
  readonly case: number;
  readonly title: string;
  readonly requirements: readonly string[];
  readonly status: CaseStatus;
  /** Why it means nothing, could not be staged, or failed. */
  readonly reason?: string;
  readonly ms: number;
  /** SHA-256 over adapter, case, status and reason: equal where two runs have seen the same. */
  readonly evidence: string;
}

/** Runs one case against one adapter; never throws. */
export async function runCase(kind: DoubleKind, each: ConformanceCase): Promise<CaseResult> {
  const began = performance.now();
  const outcome = await judge(kind, each);
  return resultOf(kind, each, outcome, Math.round(performance.now() - began));
}

type Outcome = Pick<CaseResult, 'status' | 'reason'>;

function resultOf(
  kind: DoubleKind,
  { id, title, requirements }: ConformanceCase,
  outcome: Outcome,
  ms: number,
): CaseResult {
  const seen = [kind.name, id, outcome.status, outcome.reason ?? null];
  const evidence = createHash('sha256').update(JSON.stringify(seen)).digest('hex');
  return { adapter: kind.name, case: id, title, requirements, ...outcome, ms, evidence };
}

async function judge(kind: DoubleKind, each: ConformanceCase): Promise<Outcome> {
  try {
    const judged = async (world: World): Promise<Outcome> => {
      const reason = whyNotApplicable(each, { capabilities: world.capabilities, traits: kind.traits });
      if (reason !== null) return { status: 'not_applicable', reason };
      await each.steps(world);
      return { status: 'passed' };
    };
    return await withWorld(kind, judged);
  } catch (error) {
    if (error instanceof NotStaged) return { status: 'not_staged', reason: error.message };
    if (error instanceof NotConforming) return { status: 'failed', reason: error.message };
    return { status: 'failed', reason: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

/** Which cases mean something to whom, without running any: `passed` stands for those that have to. */
export async function planConformance(kinds: readonly DoubleKind[]): Promise<readonly CaseResult[]> {
  const planned = kinds.map((kind) =>
    withWorld(kind, async ({ capabilities }) =>
      CONFORMANCE_CASES.map((each) => {
        const reason = whyNotApplicable(each, { capabilities, traits: kind.traits });
        const outcome = reason === null ? { status: 'passed' as const } : { status: 'not_applicable' as const, reason };
        return resultOf(kind, each, outcome, 0);
      }),
    ),
  );
  return (await Promise.all(planned)).flat();
}

/** Runs every case against every adapter, one after the other. */
export async function runConformance(kinds: readonly DoubleKind[]): Promise<readonly CaseResult[]> {
  const results: CaseResult[] = [];
  for (const kind of kinds) for (const each of CONFORMANCE_CASES) results.push(await runCase(kind, each));
  return results;
}
