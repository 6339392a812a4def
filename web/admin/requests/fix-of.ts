import type { RequestTexts } from './texts-en.ts';

/** What to do about a refusal: by its code where more is known, else by its status. */
export function fixOf(status: number, code: string, { fixes }: Pick<RequestTexts, 'fixes'>): string {
  const known = fixes.byCode[code] ?? fixes.byStatus[status];
  return known ?? fixes.byStatus[status >= 500 ? 500 : 400] ?? '';
}
