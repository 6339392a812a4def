import { createHash } from 'node:crypto';

/** A page that is the same for everybody, with the headers it must be served with. */
export interface DocsPage {
  readonly html: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Text that is already HTML; everything else is escaped on its way into a page. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Piece = string | number | Html | readonly Piece[];

/** Builds HTML; every value that is not HTML itself is escaped. */
export function html(literals: TemplateStringsArray, ...pieces: readonly Piece[]): Html {
  const [first = '', ...rest] = literals;
  return new Html(rest.reduce((page, literal, index) => page + render(pieces[index] ?? '') + literal, first));
}

function render(piece: Piece): string {
  if (piece instanceof Html) return piece.text;
  if (Array.isArray(piece)) return piece.map(render).join('');
  return escapeHtml(String(piece));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

const STYLE = `
:root {
  color-scheme: light dark;
  --ink: #1b2330; --faint: #56617a; --line: #d9dee8; --ground: #fff; --panel: #f5f7fa; --accent: #0b57d0; --code: #eef1f6;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e6e9f0; --faint: #a3adc2; --line: #323a49; --ground: #12161d; --panel: #191f29; --accent: #8ab4f8; --code: #222a36;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 1rem/1.6 system-ui, sans-serif; overflow-wrap: anywhere; }
a { color: var(--accent); }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: 1rem; background: var(--ground); padding: .5rem; }
.side { background: var(--panel); border-bottom: 1px solid var(--line); padding: 1rem; }
.side strong { display: block; }
.side h2 { font-size: .8125rem; margin: 1rem 0 .25rem; color: var(--faint); border: 0; padding: 0; }
.side ul { list-style: none; margin: 0; padding: 0; }
.side li a { display: block; padding: .1875rem 0; min-height: 1.5rem; color: var(--ink); text-decoration: none; font-size: .875rem; }
.side li a:hover, .side li a:focus-visible { color: var(--accent); text-decoration: underline; }
summary { cursor: pointer; padding: .25rem 0; }
main { padding: 1rem; max-width: 56rem; min-width: 0; }
h1 { font-size: 1.75rem; line-height: 1.25; margin: .5rem 0 1rem; }
h2 { font-size: 1.375rem; margin: 3rem 0 1rem; padding-bottom: .25rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1.125rem; margin: 0 0 .25rem; }
h4 { font-size: .875rem; margin: 1.25rem 0 .25rem; color: var(--faint); }
article { margin: 0 0 3rem; }
.short article { margin-bottom: 1.5rem; }
.short p { margin: .25rem 0; }
h3 code { font-size: 1em; }
code, pre { font: .875rem/1.5 ui-monospace, monospace; }
code { background: var(--code); border-radius: 3px; padding: 0 .2em; }
pre { background: var(--code); border-radius: 6px; padding: .75rem; overflow-x: auto; overflow-wrap: normal; margin: .5rem 0; }
pre code { background: none; padding: 0; }
.address { margin: 0 0 .5rem; }
.method { font-weight: 700; }
table { width: 100%; border-collapse: collapse; table-layout: fixed; }
th, td { text-align: left; vertical-align: top; padding: .5rem .75rem .5rem 0; border-top: 1px solid var(--line); }
thead th { font-size: .8125rem; color: var(--faint); border-top: 0; padding-bottom: .125rem; }
tbody th { font-weight: 400; }
th:first-child { width: 42%; }
.answers th:first-child { width: 4rem; }
td p { margin: 0; }
.type, .rules { color: var(--faint); font-size: .875rem; }
.type { display: block; }
.required { color: var(--ink); font-weight: 600; }
@media (min-width: 60rem) {
  .frame { display: grid; grid-template-columns: 17rem minmax(0, 1fr); }
  .side { position: sticky; top: 0; height: 100vh; overflow-y: auto; border-bottom: 0; border-right: 1px solid var(--line); }
  main { padding: 1.5rem 3rem; }
  th:first-child { width: 34%; }
}
@supports selector(::details-content) {
  @media (min-width: 60rem) {
    .side summary { display: none; }
    .side details::details-content { content-visibility: visible; block-size: auto; }
  }
}
`;

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/**
 * The frame of a documentation page: no script, no request to anywhere. The style is allowed by its hash, which is as
 * strict as a nonce and lets the page be rendered once.
 */
export function docsPage(title: string, side: Html, content: Html): DocsPage {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<div class="frame">
<nav class="side" aria-label="Contents"><strong>${title}</strong>
<details><summary>Contents</summary>
${side}
</details></nav>
<main id="content">
${content}
</main>
</div>
</body>
</html>
`;
  return {
    html: page.text,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
      'cache-control': 'public, max-age=300',
    },
  };
}
