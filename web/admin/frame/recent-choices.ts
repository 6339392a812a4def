import type { Found, HitType } from './find-anything.ts';

const RECENT_MAX = 6;

/** What was opened lately from the search in a place, the latest first; kept in this browser. */
export function recentChoices(key: readonly string[]): readonly Found[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(nameOf(key)) ?? '[]');
    return Array.isArray(kept) ? kept.flatMap(readChoice) : [];
  } catch {
    return [];
  }
}

export function keepChoice(key: readonly string[], { id, type, title, subtitle, href }: Found): void {
  const others = recentChoices(key).filter((one) => one.id !== id);
  const kept = [{ id, type, title, subtitle, href }, ...others].slice(0, RECENT_MAX);
  localStorage.setItem(nameOf(key), JSON.stringify(kept));
}

function nameOf(key: readonly string[]): string {
  return `tollgate.recent.${key.join('.')}`;
}

/** Only ever an address within the panel: what is kept in a browser may have been changed there. */
function readChoice(kept: unknown): readonly Found[] {
  if (typeof kept !== 'object' || kept === null) return [];
  const text = (name: string): string => String(Reflect.get(kept, name) ?? '');
  const href = text('href');
  if (!/^\/[\w/-]+$/.test(href)) return [];
  return [{ id: text('id'), type: text('type') as HitType, title: text('title'), subtitle: text('subtitle'), href }];
}
