import type { Finding } from './source.ts';

export interface Exception {
  readonly rule: string;
  readonly path: string;
  /** Words of the finding's message, so that one exception excuses one thing. */
  readonly about: string;
  readonly reason: string;
}

/** What is let pass today. The list only shrinks: an exception that excuses nothing is a finding itself. */
export const EXCEPTIONS: readonly Exception[] = [
  {
    rule: 'docstrings',
    path: 'src/kernel/currency.ts',
    about: 'isCurrency',
    reason: 'name and types say all there is to say',
  },
  {
    rule: 'docstrings',
    path: 'src/kernel/currency.ts',
    about: 'currencyCodes',
    reason: 'name and types say all there is to say',
  },
  {
    rule: 'migration-clock',
    path: 'db/migrations/0032_partitions.sql',
    about: 'clock_timestamp()',
    reason: 'guards what is young against whoever speaks with the gateway’s rights, so it asks nobody what time it is',
  },
  {
    rule: 'migration-clock',
    path: 'db/migrations/0037_audit.sql',
    about: 'clock_timestamp()',
    reason: 'guards what is young against whoever speaks with the gateway’s rights, so it asks nobody what time it is',
  },
];

/** Takes the excused findings out, and adds the exceptions of these rules that no longer excuse anything. */
export function settle(findings: readonly Finding[], rule: string, exceptions: readonly Exception[]): Finding[] {
  const excuses = (exception: Exception, finding: Finding) =>
    exception.rule === finding.rule && exception.path === finding.path && finding.message.includes(exception.about);
  const left = findings.filter((finding) => !exceptions.some((exception) => excuses(exception, finding)));
  const idle = exceptions.filter(
    (exception) => exception.rule === rule && !findings.some((finding) => excuses(exception, finding)),
  );
  const stale = idle.map(({ path, about }) => ({
    path: 'test/tidy/exceptions.ts',
    line: 1,
    rule,
    message: `the exception for ${path} (${about}) excuses nothing any more: take it out`,
  }));
  return [...left, ...stale];
}
