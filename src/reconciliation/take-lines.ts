import type { Queryable } from '../platform/database.ts';
import type { SettlementLine } from '../providers/provider-settlement.ts';
import type { TenantClock } from '../test-clocks/test-clock.ts';
import type { Mismatch } from './exception.ts';
import { type LinePlace, newLine, type StatementLine } from './line.ts';
import { selectExceptionsOf } from './store-exceptions.ts';
import { insertLines } from './store-statements.ts';
import { type Told, writeFindings } from './write-findings.ts';

interface Taken {
  /** How many of the lines no statement had brought before. */
  readonly added: number;
  readonly lineHashes: readonly string[];
  readonly told: Told;
}

/**
 * Adds a statement's lines in the caller's transaction, which holds the account. A line that is known is the same line;
 * where it now says something else about money, the first word counts and the contradiction becomes an exception.
 */
export async function takeLines(
  tx: Queryable,
  place: LinePlace,
  said: readonly SettlementLine[],
  { now, clock }: { readonly now: Temporal.Instant; readonly clock: TenantClock },
): Promise<Taken> {
  const lines = said.map((one) => newLine(place, one, { now: () => now }));
  // A line twice within one page is one.
  const firstLines = new Map<string, StatementLine>();
  for (const line of lines) if (!firstLines.has(line.lineRef)) firstLines.set(line.lineRef, line);
  const { added, known } = await insertLines(tx, [...firstLines.values()]);
  const knownByRef = new Map(known.map((one) => [one.lineRef, one]));
  const conflicts = lines.flatMap((line): Mismatch[] => {
    const first = knownByRef.get(line.lineRef) ?? firstLines.get(line.lineRef);
    return first === undefined || first.contentHash === line.contentHash ? [] : [conflictOf(line, first.lineId)];
  });
  const subjects = conflicts.map(({ subjectId }) => subjectId);
  const exceptions = subjects.length === 0 ? [] : await selectExceptionsOf(tx, place.tenantId, subjects);
  const told = await writeFindings(
    tx,
    place,
    {
      ...{ lines: [], judged: [], transfers: [], paid: [], returned: [], mismatches: conflicts },
      known: exceptions.filter(({ kind }) => kind === 'conflicting_line'),
    },
    { now, clock },
  );
  return { added, lineHashes: lines.map(({ contentHash }) => contentHash), told };
}

function conflictOf(line: StatementLine, subjectId: string): Mismatch {
  const { gross, fee, net, currency, statementId } = line;
  return {
    ...{ kind: 'conflicting_line', subjectNoun: 'line', subjectId, paymentId: null, statementId, currency },
    here: null,
    there: { gross, fee, net, currency },
    difference: 0n,
  };
}
