import { type Html, html } from '../../platform/html.ts';

/** A code to scan, by the name that a screen reader gives it; nothing where there is none. */
export function renderCode(svg: Html | null, name: string): Html | null {
  return svg === null ? null : html`<div class="qr" role="img" aria-label="${name}">${svg}</div>`;
}
