import { z } from 'zod';
import type { Endpoint } from '../../kernel/endpoint.ts';

/** The schema of what an endpoint lists by pages (see kernel/page.ts); null where it lists nothing. Every list can be exported. */
export function listItemOf({ method, query, answer }: Endpoint): z.ZodType | null {
  if (method !== 'GET' || !(answer.schema instanceof z.ZodObject) || !(query instanceof z.ZodObject)) return null;
  const { data, hasMore, nextCursor } = answer.schema.shape as Readonly<Record<string, z.ZodType | undefined>>;
  const isPage = data instanceof z.ZodArray && hasMore !== undefined && nextCursor !== undefined;
  const { limit, cursor } = query.shape as Readonly<Record<string, z.ZodType | undefined>>;
  return isPage && limit !== undefined && cursor !== undefined ? (data.element as z.ZodType) : null;
}
