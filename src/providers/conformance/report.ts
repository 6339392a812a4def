/** What came of a run, for people and programs. */
import type { ConformanceCase } from './case.ts';
import type { CaseResult, CaseStatus } from './run-conformance.ts';

const MARKS: Readonly<Record<CaseStatus, string>> = {
  passed: 'yes',
  failed: 'NO',
  not_applicable: '–',
  not_staged: 'NOT STAGED',
};

interface Tabled {
  readonly adapters: readonly string[];
  readonly cases: readonly ConformanceCase[];
  readonly results: readonly CaseResult[];
}

/** Whether nothing failed and nothing was left unseen. */
export function isConforming(results: readonly CaseResult[]): boolean {
  return results.every(({ status }) => status === 'passed' || status === 'not_applicable');
}

/** The table for a terminal, with the reasons of what did not pass below it. */
export function renderConformanceText({ adapters, cases, results }: Tabled): string {
  const width = Math.max(...adapters.map((name) => name.length), ...Object.values(MARKS).map((mark) => mark.length));
  const row = (number: string, cells: readonly string[], title: string) =>
    [number.padStart(3), ...cells.map((cell) => cell.padEnd(width)), title].join('  ').trimEnd();
  const lines = [row('', adapters, '')];
  for (const { id, title } of cases) {
    const cells = adapters.map((adapter) => MARKS[resultOf(results, adapter, id).status]);
    lines.push(row(String(id), cells, title));
  }
  const missed = results.filter(({ status }) => status === 'failed' || status === 'not_staged');
  for (const { adapter, case: id, status, reason } of missed) {
    lines.push('', `${adapter}, case ${id}: ${status}`, `  ${reason ?? ''}`);
  }
  const counts = (status: CaseStatus) => results.filter((result) => result.status === status).length;
  const sums = `${counts('passed')} passed, ${counts('failed')} failed, ${counts('not_staged')} not staged`;
  lines.push('', `${sums}, ${counts('not_applicable')} not applicable`);
  return `${lines.join('\n')}\n`;
}

/** What the adapters are held to, as a page: each case with what it serves, and why it means nothing to some. */
export function renderConformanceMarkdown({ adapters, cases, results }: Tabled): string {
  const lines = [
    '# Conformance of the provider adapters',
    '',
    'What every adapter has to show against its simulator, fact by fact. Written by `npm run gen`.',
    '',
    '`yes`: the adapter is held to it; the tests fail where it does not hold. `–`: it means nothing to this provider, for one of the reasons below. `npm run conformance` runs all of it and prints what came of it; with `-- --json` as JSON, with `-- --adapter stripe` for one adapter. How an adapter joins: [adapters and their doubles](../simulators.md#an-adapter-and-its-double).',
    '',
  ];
  for (const group of new Set(cases.map((each) => each.group))) {
    lines.push(`## ${group.charAt(0).toUpperCase()}${group.slice(1)}`, '');
    lines.push(`| # | fact | serves | ${adapters.join(' | ')} |`);
    lines.push(`| --- | --- | --- | ${adapters.map(() => '---').join(' | ')} |`);
    for (const { id, title, requirements } of cases.filter((each) => each.group === group)) {
      const cells = adapters.map((adapter) => MARKS[resultOf(results, adapter, id).status]);
      lines.push(`| ${[id, title, requirements.join(' '), ...cells].join(' | ')} |`);
    }
    lines.push('');
  }
  lines.push('## Why a case means nothing', '');
  for (const [reason, excused] of Map.groupBy(results.filter(isExcused), ({ reason: said }) => said ?? '')) {
    const byAdapter = [...Map.groupBy(excused, ({ adapter }) => adapter)];
    const where = byAdapter.map(([adapter, of]) => `${adapter} ${of.map((one) => one.case).join(', ')}`);
    lines.push(`- ${reason.charAt(0).toUpperCase()}${reason.slice(1)}: ${where.join('; ')}.`);
  }
  return `${lines.join('\n')}\n`;
}

function isExcused({ status }: CaseResult): boolean {
  return status === 'not_applicable';
}

function resultOf(results: readonly CaseResult[], adapter: string, id: number): CaseResult {
  const found = results.find((result) => result.adapter === adapter && result.case === id);
  if (found === undefined) throw new Error(`Case ${id} was not run against ${adapter}`);
  return found;
}
