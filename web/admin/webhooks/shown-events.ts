import type { WebhookTexts } from './texts-en.ts';

/** The first two by name, and how many more there are. */
export function shownEvents(types: readonly string[], words: WebhookTexts['endpoints']): string {
  if (types.includes('*')) return words.allEvents;
  const more = types.length - 2;
  return types.slice(0, 2).join(', ') + (more > 0 ? ` +${more}` : '');
}
