/** A page of a list, newest first. */
export interface Page<T> {
  readonly data: T[];
  readonly hasMore: boolean;
  readonly nextCursor: string | null;
}

/**
 * Cuts a page out of `limit + 1` rows, the extra one telling whether there are more.
 * Ids sort by time, so the cursor is simply the last id shown.
 */
export function pageOf<T extends { readonly id: string }>(rows: readonly T[], limit: number): Page<T> {
  const data = rows.slice(0, limit);
  const hasMore = rows.length > limit;
  return { data, hasMore, nextCursor: hasMore ? (data.at(-1)?.id ?? null) : null };
}

/** Which page of a list is asked for. */
export interface PageOptions {
  readonly limit: number;
  /** The last id of the page before. */
  readonly cursor?: string | undefined;
}
