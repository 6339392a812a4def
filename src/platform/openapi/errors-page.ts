import type { PROBLEMS, ProblemCode } from '../../kernel/problem.ts';
import { type DocsPage, docsPage, html } from './docs-page.ts';

type Problems = typeof PROBLEMS;

interface ProblemRow {
  readonly code: ProblemCode;
  readonly status: number;
  readonly title: string;
}

const INTRODUCTION =
  'Every refusal is an application/problem+json body (RFC 9457). Decide by its code: codes stay, sentences may change. ' +
  'Quote the correlationId when you ask about one.';

function rowsOf(problems: Problems): readonly ProblemRow[] {
  return Object.entries(problems).map(([code, { status, title }]) => ({ code: code as ProblemCode, status, title }));
}

/** The page at `/docs/errors`, which the `type` of every problem points into. */
export function renderErrors(problems: Problems): DocsPage {
  const rows = rowsOf(problems);
  const side = html`<h2>More</h2>
<ul><li><a href="/docs">Reference</a></li></ul>
<h2>Codes</h2>
<ul>${rows.map(({ code }) => html`<li><a href="#${code}">${code}</a></li>`)}</ul>`;
  const content = html`<h1>Errors</h1>
<p>${INTRODUCTION}</p>
<div class="short"><h2>Codes</h2>
${rows.map(
  ({ code, status, title }) => html`<article id="${code}">
<h3><code>${code}</code></h3>
<p>Status ${status}. ${title}.</p>
<p>${ADVICE[adviceFor(status)]}</p>
</article>
`,
)}</div>`;
  return docsPage('Errors', side, content);
}

/** The same for `docs/errors.md`. */
export function renderErrorsMarkdown(problems: Problems): string {
  const rows = rowsOf(problems).map(({ code, status, title }) => {
    return `| <a id="${code}"></a>\`${code}\` | ${status} | ${title}. | ${ADVICE[adviceFor(status)]} |`;
  });
  return [
    '# Errors',
    '',
    INTRODUCTION,
    '',
    '| code | status | meaning | what to do |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

type Advice = 'fix' | 'credentials' | 'conflict' | 'later' | 'same';

/** What a program does about it, by status. */
function adviceFor(status: number): Advice {
  if (status === 401 || status === 403) return 'credentials';
  if (status === 409) return 'conflict';
  if (status === 429 || status === 503) return 'later';
  if (status === 500 || status === 408) return 'same';
  return 'fix';
}

const ADVICE: Readonly<Record<Advice, string>> = {
  fix: 'Change the request; sent again as it is, it will be refused again.',
  credentials: 'Check the credentials, their mode and their scopes.',
  conflict: 'Read the object again and decide anew; after Retry-After where there is one.',
  later: 'Send the same request again after Retry-After.',
  same: 'Send the same request again with the same Idempotency-Key or reference; it is done once.',
};
