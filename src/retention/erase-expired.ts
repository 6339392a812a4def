import { assert } from '../kernel/assert.ts';
import { lowestId } from '../kernel/id.ts';
import { forInstallation, forTenants } from '../platform/tenant-scope.ts';
import { keptDays } from './retention.ts';
import {
  type ErasedKind,
  type ErasedPart,
  eraseContents,
  lockPosition,
  selectErasedParts,
  selectLongestWishes,
  updatePosition,
} from './store.ts';
import type { RetentionContext } from './tend-partitions.ts';

/** Rows that one statement looks at: some hundredths of a second, since the row locks of the rest are held that long. */
export const ERASED_AT_ONCE_MAX = 500;
/** Statements of a turn, and tenants that it looks at; what is left is for the next. */
const BATCHES_MAX = 40;
/** What still had work when its time was over is looked at again after this long. */
const PASS_EVERY_HOURS = 7 * 24;
const HOURS_A_DAY = 24;

/** Whose days are those, in the settings and by the ids of the rows. */
const SUBJECTS = [
  { subject: 'events', setting: 'eventsDays', prefix: 'evt', column: 'event_id' },
  { subject: 'deliveries', setting: 'deliveriesDays', prefix: 'whd', column: 'delivery_id' },
  { subject: 'inbound_events', setting: 'inboundDays', prefix: 'in', column: 'inbound_event_id' },
] as const satisfies readonly Omit<ErasedKind, 'days' | 'keptDays'>[];

export interface ErasedTurn {
  /** Rows that are empty now and were not before. */
  readonly erased: number;
  /** Whether the turn ended before everything was looked at. */
  readonly hasMore: boolean;
}

/**
 * Empties what tenants want kept for less long than its partition lives. In steps of a few hundred rows, each committed
 * with how far it came, so that a crash repeats one step at most and a repeated step changes nothing.
 */
export function eraseExpired(context: RetentionContext): Promise<ErasedTurn> {
  return forInstallation('retention', () => erase(context));
}

async function erase(context: RetentionContext): Promise<ErasedTurn> {
  let erased = 0;
  let batches = 0;
  for (const part of await expiredParts(context)) {
    for (let goesOn = true; goesOn; batches++) {
      if (batches === BATCHES_MAX) return { erased, hasMore: true };
      const step = await eraseNext(context, part);
      erased += step.erased;
      goesOn = step.isFull;
    }
  }
  return { erased, hasMore: false };
}

async function expiredParts({ database, clock, retention }: RetentionContext): Promise<readonly ErasedPart[]> {
  const kept = keptDays(retention, await selectLongestWishes(database.query));
  const { days } = retention;
  const now = clock.now();
  const parts = await Promise.all(
    SUBJECTS.map((kind) =>
      selectErasedParts(
        database.query,
        { ...kind, days, keptDays: kept[kind.subject] },
        { now, passBefore: now.subtract({ hours: PASS_EVERY_HOURS }), limit: BATCHES_MAX + 1 },
      ),
    ),
  );
  return parts.flat();
}

async function eraseNext(
  { database, clock }: RetentionContext,
  part: ErasedPart,
): Promise<{ readonly erased: number; readonly isFull: boolean }> {
  const now = clock.now();
  const { prefix } = subjectOf(part);
  const before = lowestId(prefix, now.subtract({ hours: part.days * HOURS_A_DAY }));
  const next = () =>
    database.transaction(async (tx) => {
      const stands = await lockPosition(tx, part, now);
      if (stands === null) return { erased: 0, isFull: false };
      const isNewPass = now.since(stands.passBeganAt).total('hours') >= PASS_EVERY_HOURS;
      const after = isNewPass ? '' : stands.position;
      const step = await eraseContents(tx, part, { after, before, rowsMax: ERASED_AT_ONCE_MAX });
      const position = step.lastId ?? after;
      const passBeganAt = isNewPass ? now : stands.passBeganAt;
      if (isNewPass || position !== stands.position) await updatePosition(tx, part, { position, passBeganAt });
      return { erased: step.erased, isFull: step.lookedAt === ERASED_AT_ONCE_MAX };
    });
  return forTenants([part.tenantId], next);
}

function subjectOf({ subject }: ErasedPart) {
  const found = SUBJECTS.find((one) => one.subject === subject);
  assert(found !== undefined, 'Every subject has a setting');
  return found;
}
