/** The bank page's whole style; allowed by its hash, so that the page needs no second request and no 'unsafe-inline'. */
export const BANK_STYLE = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#eef1f6, #10141b);
  --sheet: light-dark(#ffffff, #1a202a);
  --ink: light-dark(#17202e, #e8ecf3);
  --quiet: light-dark(#526078, #a3aec1);
  --line: light-dark(#d5dbe6, #333d4d);
  --brand: light-dark(#0b5c51, #5fd0bb);
  --on-brand: light-dark(#ffffff, #06251f);
  --warn: light-dark(#7a4d00, #ffd489);
  --warn-ground: light-dark(#fff2d6, #3a2c10);
}
* { box-sizing: border-box; }
body {
  margin: 0;
  min-height: 100vh;
  padding: 1rem;
  display: grid;
  place-content: start center;
  grid-template-columns: minmax(0, 30rem);
  background: var(--ground);
  color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif;
}
@media (min-width: 48rem) { body { padding-top: 5vh; } }
header { display: flex; align-items: center; gap: 0.75rem; padding: 0.25rem 0.25rem 1rem; }
header svg { width: 2.25rem; height: 2.25rem; fill: var(--brand); flex: none; }
header strong { display: block; font-size: 1.125rem; line-height: 1.2; }
header span { color: var(--quiet); font-size: 0.875rem; }
main { background: var(--sheet); border: 1px solid var(--line); border-radius: 0.875rem; overflow: hidden; }
.notice { margin: 0; padding: 0.625rem 1.25rem; background: var(--warn-ground); color: var(--warn); font-size: 0.875rem; font-weight: 600; }
.content { padding: 1.25rem; }
h1 { margin: 0; font-size: 1rem; font-weight: 500; color: var(--quiet); }
.amount { margin: 0.125rem 0 1rem; font-size: clamp(1.75rem, 8vw, 2.25rem); line-height: 1.2; font-weight: 650; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
dl { margin: 0 0 1.25rem; display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 0.375rem 1rem; border-top: 1px solid var(--line); padding-top: 1rem; }
dt { color: var(--quiet); }
dd { margin: 0; text-align: right; overflow-wrap: anywhere; }
form { display: grid; gap: 0.625rem; }
fieldset { border: 0; margin: 0; padding: 0; display: grid; gap: 0.625rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 9.5rem), 1fr)); }
legend { padding: 0.75rem 0 0.375rem; color: var(--quiet); font-size: 0.875rem; }
button, .leave {
  font: inherit; font-weight: 550; color: var(--ink); background: transparent;
  border: 1px solid var(--line); border-radius: 0.625rem; padding: 0.625rem 0.875rem; min-height: 2.75rem; cursor: pointer;
}
button:hover { border-color: var(--brand); }
button:focus-visible, a:focus-visible { outline: 3px solid var(--brand); outline-offset: 2px; }
.primary, .leave { background: var(--brand); border-color: var(--brand); color: var(--on-brand); }
.leave { display: inline-block; text-decoration: none; }
.stayed { margin: 0 0 1rem; color: var(--quiet); }
`;
