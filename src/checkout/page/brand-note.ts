import { type Html, html } from '../../platform/html.ts';
import { localeOf } from './locale.ts';
import type { BrandText } from './view.ts';

/** A tenant's own words, marked with the language they are in. */
export function renderNote(note: BrandText | undefined): Html | null {
  if (note === undefined) return null;
  const { tag, dir } = localeOf(note.language);
  return html`<p class="note" lang="${tag}" dir="${dir}">${note.text}</p>`;
}
