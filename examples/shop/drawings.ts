import { html } from './html.ts';

/** The drawings take their colors from classes in shop.css, so that they follow light and dark. */

export const BEANS = html`<svg viewBox="0 0 240 180" aria-hidden="true">
<ellipse class="shade" cx="120" cy="160" rx="78" ry="8"/>
<path class="clay" d="M80 46h80l6 108a6 6 0 0 1-6 6H80a6 6 0 0 1-6-6z"/>
<path class="clay-dark" d="M80 46h80l1.5 18h-83z"/>
<path class="clay-dark" d="M78 28h84a4 4 0 0 1 4 4v14H74V32a4 4 0 0 1 4-4z"/>
<rect class="cream" x="92" y="82" width="56" height="50" rx="6"/>
<g class="bean"><ellipse cx="120" cy="107" rx="12" ry="17" transform="rotate(28 120 107)"/></g>
<path class="crease" d="M113 121c8-6 2-20 15-27"/>
<g class="bean"><ellipse cx="186" cy="152" rx="9" ry="6.5" transform="rotate(-18 186 152)"/><ellipse cx="204" cy="157" rx="8" ry="5.5" transform="rotate(24 204 157)"/><ellipse cx="50" cy="155" rx="9" ry="6" transform="rotate(14 50 155)"/></g>
<path class="crease" d="M179 154c5-3 9 1 14-4M198 154c4 0 6 5 11 5M43 153c5-1 8 4 14 3"/>
</svg>`;

export const MUG = html`<svg viewBox="0 0 240 180" aria-hidden="true">
<ellipse class="shade" cx="116" cy="160" rx="70" ry="8"/>
<path class="steam" d="M96 50c-8-10 8-16 0-28M118 46c-8-10 8-16 0-28M140 50c-8-10 8-16 0-28"/>
<path class="handle" d="M160 84h14a20 20 0 0 1 20 20v4a20 20 0 0 1-20 20h-16"/>
<path class="glaze" d="M70 68h96v62a30 30 0 0 1-30 30h-36a30 30 0 0 1-30-30z"/>
<path class="glaze-dark" d="M70 112c16 10 30-6 48 2s32-6 48 0v16a30 30 0 0 1-30 30h-36a30 30 0 0 1-30-30z"/>
<ellipse class="cream" cx="118" cy="68" rx="48" ry="11"/>
<ellipse class="coffee" cx="118" cy="69" rx="41" ry="8"/>
</svg>`;

export const POUR_OVER = html`<svg viewBox="0 0 240 180" aria-hidden="true">
<ellipse class="shade" cx="120" cy="162" rx="62" ry="7"/>
<path class="glass" d="M98 92h44l26 50a12 12 0 0 1-10.5 18h-75A12 12 0 0 1 72 142z"/>
<path class="coffee" d="M82 134h76l5 9.5a8 8 0 0 1-7 12.5H84a8 8 0 0 1-7-12.5z"/>
<path class="drop" d="M120 102c5 7 7 10 7 14a7 7 0 0 1-14 0c0-4 2-7 7-14z"/>
<path class="paper" d="M74 26h92l-9 14H83z"/>
<path class="glaze" d="M76 36h88l-30 48h-28z"/>
<rect class="glaze-dark" x="88" y="82" width="64" height="10" rx="5"/>
<path class="handle" d="M160 44h8a12 12 0 0 1 0 24h-20"/>
</svg>`;

export const KETTLE = html`<svg viewBox="0 0 240 180" aria-hidden="true">
<ellipse class="shade" cx="124" cy="162" rx="74" ry="7"/>
<path class="spout" d="M92 136c-30 0-28-26-34-50-3-12-9-18-22-20"/>
<path class="handle" d="M158 74c36-8 44 4 42 24s-18 34-34 38"/>
<path class="steel" d="M92 66h64l18 84a9 9 0 0 1-9 10H83a9 9 0 0 1-9-10z"/>
<path class="steel-dark" d="M78 130h92l4 20a9 9 0 0 1-9 10H83a9 9 0 0 1-9-10z"/>
<path class="steel-dark" d="M96 56h56a6 6 0 0 1 6 6v6H90v-6a6 6 0 0 1 6-6z"/>
<circle class="clay" cx="124" cy="47" r="9"/>
</svg>`;

export const LOGO = html`<svg viewBox="0 0 40 40" aria-hidden="true"><circle class="clay" cx="20" cy="20" r="20"/><path class="logo-line" d="M11 17h15v7a6 6 0 0 1-6 6h-3a6 6 0 0 1-6-6zM26 19h2a3 3 0 0 1 0 6h-2"/><path class="logo-line" d="M16 13c-2-2.5 2-3.5 0-6M21 13c-2-2.5 2-3.5 0-6"/></svg>`;

export const TICK = html`<svg class="mark" viewBox="0 0 64 64" aria-hidden="true"><circle class="good" cx="32" cy="32" r="30"/><path class="mark-line" d="m19 33 9 9 18-19"/></svg>`;

export const PAUSE = html`<svg class="mark" viewBox="0 0 64 64" aria-hidden="true"><circle class="calm" cx="32" cy="32" r="30"/><path class="mark-line" d="M32 17v19M32 45v.5"/></svg>`;

export const WAITING = html`<svg class="mark turning" viewBox="0 0 64 64" aria-hidden="true"><circle class="ring" cx="32" cy="32" r="27"/><path class="ring-part" d="M32 5a27 27 0 0 1 27 27"/></svg>`;
