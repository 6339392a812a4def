import { z } from 'zod';

/** Where an entry stands in a list that goes by time: its instant, then a text that no two entries share. */
export interface TimePlace {
  readonly at: Temporal.Instant;
  readonly place: string;
}

/** Lists of things of several kinds cannot go by id; theirs is the instant in microseconds and the entry's own name. */
export const timeCursor = z
  .string()
  .regex(/^[0-9a-z]{1,11}~[0-9a-z_.]{1,44}$/, 'Must be the nextCursor of a page before')
  .optional()
  .meta({ description: 'nextCursor of the page before.' });

/** The place as a cursor; microseconds are what PostgreSQL carries. */
export function formatTimeCursor({ at, place }: TimePlace): string {
  return `${(at.epochNanoseconds / 1_000n).toString(36)}~${place}`;
}

/** The place behind a cursor that has the shape of one; null where none was given. */
export function parseTimeCursor(cursor: string | undefined): TimePlace | null {
  if (cursor === undefined) return null;
  const [micros = '0', place = ''] = cursor.split('~');
  const nanoseconds = BigInt(Number.parseInt(micros, 36)) * 1_000n;
  return { at: Temporal.Instant.fromEpochNanoseconds(nanoseconds), place };
}
