import type { BaselineTool } from './baseline.ts';
import type { Contender, Measurement } from './measure.ts';
import { type Spread, spreadOf } from './statistics.ts';

/** All windows of one contender at one number of clients. */
export interface Line {
  readonly clients: number;
  readonly contender: Contender;
  readonly perSecond: Spread;
  readonly p50Ms: Spread;
  readonly p99Ms: Spread;
  /** Processor microseconds for one payment. */
  readonly gatewayUs: number | null;
  readonly postgresUs: number | null;
  readonly driverUs: number | null;
  /** Of others on this machine, in processors kept busy. */
  readonly otherCpus: number | null;
  /** This contender's rate to that of each baseline, round by round; null where that baseline was not run. */
  readonly toFiveStatements: Spread | null;
  readonly toOneStatement: Spread | null;
}

/** Puts windows together: figures of one contender, and ratios of windows of the same round. */
export function summarize(rounds: readonly (readonly Measurement[])[]): readonly Line[] {
  const windows = rounds.flat();
  const levels = [...new Set(windows.map(({ clients }) => clients))];
  const contenders = [...new Set(windows.map(({ contender }) => contender))];
  return levels.flatMap((clients) => {
    const level = rounds.filter((round) => round[0]?.clients === clients);
    return contenders.map((contender) => lineOf(clients, contender, level));
  });
}

function lineOf(clients: number, contender: Contender, rounds: readonly (readonly Measurement[])[]): Line {
  const own = rounds.flatMap((round) => round.filter((window) => window.contender === contender));
  const count = own.reduce((sum, window) => sum + window.count, 0);
  const micros = (part: 'gatewayCpu' | 'postgresCpu' | 'driverCpu') => {
    const seconds = total(own.map((window) => window[part]));
    return seconds === null ? null : (seconds * 1e6) / count;
  };
  const others = total(own.map(({ otherCpu }) => otherCpu));
  const rateIn = (round: readonly Measurement[], of: Contender) =>
    round.find((window) => window.contender === of)?.perSecond;
  const ratioTo = (baseline: Contender) => {
    const ratios = rounds.map(
      (round) => (rateIn(round, contender) ?? Number.NaN) / (rateIn(round, baseline) ?? Number.NaN),
    );
    return ratios.some(Number.isNaN) ? null : spreadOf(ratios);
  };
  return {
    clients,
    contender,
    perSecond: spreadOf(own.map(({ perSecond }) => perSecond)),
    p50Ms: spreadOf(own.map(({ p50Ms }) => p50Ms)),
    p99Ms: spreadOf(own.map(({ p99Ms }) => p99Ms)),
    gatewayUs: micros('gatewayCpu'),
    postgresUs: micros('postgresCpu'),
    driverUs: micros('driverCpu'),
    otherCpus: others === null ? null : others / own.reduce((sum, { seconds }) => sum + seconds, 0),
    toFiveStatements: ratioTo('five statements'),
    toOneStatement: ratioTo('one statement'),
  };
}

function total(figures: readonly (number | null)[]): number | null {
  return figures.reduce<number | null>((sum, one) => (sum === null || one === null ? null : sum + one), 0);
}

const HEADINGS = [
  'clients',
  'contender',
  'payments/s',
  'p50 ms',
  'p99 ms',
  'gateway µs',
  'postgres µs',
  'driver µs',
  'others',
  '× five statements',
  '× one statement',
];

/** The lines as a table for people; medians, with the smallest and largest in parentheses. */
export function renderTable(lines: readonly Line[], tool: BaselineTool): string {
  const cells = lines.map((line) => [
    String(line.clients),
    line.contender === 'gateway' ? 'gateway' : `${tool}, ${line.contender}`,
    spread(line.perSecond, 0),
    spread(line.p50Ms, 2),
    spread(line.p99Ms, 1),
    ...[line.gatewayUs, line.postgresUs, line.driverUs].map((micros) => figure(micros, 0)),
    figure(line.otherCpus, 2),
    spread(line.toFiveStatements, 2),
    spread(line.toOneStatement, 2),
  ]);
  const widths = HEADINGS.map((heading, at) => Math.max(heading.length, ...cells.map((row) => row[at]?.length ?? 0)));
  return [HEADINGS, ...cells]
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function spread(figures: Spread | null, digits: number): string {
  if (figures === null) return '–';
  const { median, min, max } = figures;
  return `${median.toFixed(digits)} (${min.toFixed(digits)}–${max.toFixed(digits)})`;
}

function figure(value: number | null, digits: number): string {
  return value === null ? '–' : value.toFixed(digits);
}
