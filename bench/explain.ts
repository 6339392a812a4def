import { reportFailure } from './compare.ts';
import { type BenchServer, openBenchServer } from './database-server.ts';
import { openExplainedGateway } from './explained-gateway.ts';
import { type ExplainedWork, workOf } from './explained-work.ts';
import type { Explained } from './explaining-database.ts';
import { describeFilling } from './filling.ts';
import { readOptions } from './options.ts';
import { findIn, type PlanFindings } from './plan-findings.ts';
import { type SandboxProcess, startSandbox } from './sandbox-process.ts';

const TEXT_SHOWN_CHARACTERS = 160;

/** Explains the statements of every benchmark in one filled database. */
export function benchExplain(flags: readonly string[]): Promise<void> {
  return reportFailure(async () => {
    const { rows } = readOptions(['--explain', ...flags]);
    const server = await openBenchServer(process.env.DATABASE_URL);
    try {
      await explainStatements(server, rows, 'all');
    } finally {
      await server.close();
    }
  });
}

/**
 * Prints the plans of the statements that must stay fast, in a database with so many payments, and what in them would
 * not stay so.
 */
export async function explainStatements(server: BenchServer, rows: number, what: ExplainedWork): Promise<void> {
  const sandbox = await startSandbox();
  try {
    await explainIn(server, sandbox, rows, what);
  } finally {
    await sandbox.stop();
  }
}

async function explainIn(
  server: BenchServer,
  sandbox: SandboxProcess,
  rows: number,
  what: ExplainedWork,
): Promise<void> {
  const summary: string[] = [];
  const runs = new Map<string, Run>();
  const gateway = await openExplainedGateway(server, { sandboxUrl: sandbox.url, rows }, (explained) => {
    const run = { explained, ...findIn(explained.plan) };
    const known = runs.get(explained.text);
    // A batch has few items at first, and each shard's relay runs the same statements: the longest run says the most.
    if (known === undefined || known.milliseconds < run.milliseconds) runs.set(explained.text, run);
  });
  try {
    const { filling } = gateway;
    console.log(`PostgreSQL ${server.version}${filling === null ? '' : `; ${describeFilling(filling)}`}`);
    for (const [title, work] of await workOf(what, gateway)) {
      await work();
      for (const run of runs.values()) {
        const { text, plans, plan } = run.explained;
        console.log(`\n## ${title} (${plans} plan)\n${startOf(text)}\n\n${plan.join('\n')}`);
        summary.push(...summaryOf(title, run));
      }
      runs.clear();
    }
  } finally {
    await gateway.close();
  }
  console.log(`\n## In short\n${summary.join('\n')}`);
}

/** One run of a statement. */
interface Run extends PlanFindings {
  readonly explained: Explained;
}

function summaryOf(title: string, { explained, milliseconds, scans, estimates }: Run): readonly string[] {
  const warnings = [...scans.map((scan) => `whole table: ${scan}`), ...estimates.map((one) => `estimate: ${one}`)];
  const line = `${milliseconds.toFixed(2)} ms  ${title}: ${startOf(explained.text)}`;
  return [line, ...warnings.map((one) => `    ! ${one}`)];
}

function startOf(text: string): string {
  return text.replace(/\s+/g, ' ').trim().slice(0, TEXT_SHOWN_CHARACTERS);
}
