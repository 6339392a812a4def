import { type Html, html } from '../../platform/html.ts';

const PATHS = {
  good: html`<path d="M5 12.5l4.5 4.5L19 7.5"/>`,
  bad: html`<path d="M7 7l10 10M17 7L7 17"/>`,
  ended: html`<circle cx="12" cy="12" r="8"/><path d="M12 7.5V12l3 2"/>`,
  undone: html`<path d="M8 5L4 9l4 4M4 9h10a5 5 0 0 1 0 10h-3"/>`,
  pause: html`<path d="M12 6.5V13M12 17v.5"/>`,
} as const;

export type Icon = keyof typeof PATHS;

/** A picture that repeats what the heading beside it says in words; hidden from screen readers. */
export function icon(name: Icon): Html {
  return html`<span class="icon icon-${name}"><svg viewBox="0 0 24 24" width="28" height="28" fill="none" stroke="currentColor" stroke-width="2.25" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">${PATHS[name]}</svg></span>`;
}

/** Three slow dots; they stand still for people who asked for less motion. */
export function waitingDots(): Html {
  return html`<span class="dots" aria-hidden="true"><i></i><i></i><i></i></span>`;
}
