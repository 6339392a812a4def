import type { Queryable } from '../platform/database.ts';
import { AUDIT_DAYS } from './entry.ts';
import type { AuditFinding } from './finding.ts';
import { selectWrongHeads, type WalkPlace, walkPiece } from './store-verification.ts';

/** Of entries that the database looks at in one statement: some megabytes, a quarter of a second. */
const PIECE_ROWS = 20_000;
export const FINDINGS_MAX = 100;
const HOURS_A_DAY = 24;

/** Walks the chains from their beginning, and holds their heads against their ends. The first fault of each is found. */
export async function verifyChains(
  db: Queryable,
  { tenantId, now }: { readonly tenantId: string | null; readonly now: Temporal.Instant },
): Promise<{ readonly entries: number; readonly findings: readonly AuditFinding[] }> {
  const since = (days: number) => now.subtract({ hours: days * HOURS_A_DAY });
  const { security, change, money } = AUDIT_DAYS;
  const keptSince = { security: since(security), change: since(change), money: since(money) };
  const findings = new Map<string, AuditFinding>();
  let entries = 0;
  let from: WalkPlace | null = { tenantId: '', seq: 0n, hash: Buffer.alloc(0) };
  while (from !== null) {
    const piece: Awaited<ReturnType<typeof walkPiece>> = await walkPiece(db, {
      ...{ from, tenantId, keptSince },
      limit: PIECE_ROWS,
    });
    entries += piece.entries;
    from = piece.last;
    for (const found of piece.found) {
      // What follows a fault in a later piece of the same chain is the same fault, or nobody's concern before it is mended.
      if (!findings.has(found.tenantId) && findings.size < FINDINGS_MAX) findings.set(found.tenantId, found);
    }
  }
  const heads = await selectWrongHeads(db, tenantId, FINDINGS_MAX);
  return { entries, findings: [...findings.values(), ...heads.map(headFinding)] };
}

function headFinding({ tenantId, headEntries, lastSeq }: Awaited<ReturnType<typeof selectWrongHeads>>[number]) {
  return headEntries > lastSeq
    ? ({ kind: 'cut_off', tenantId, number: headEntries } as const)
    : ({ kind: 'head', tenantId, number: lastSeq } as const);
}
