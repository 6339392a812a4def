import { createHash } from 'node:crypto';
import { formatMoney, type Money } from '../kernel/money.ts';
import { type Content, type Html, html, trustedHtml } from '../platform/html.ts';
import { badge, renderCase, VERDICTS } from './render-case.ts';
import { type CaseReport, type CertificationReport, countVerdicts } from './report.ts';
import { REPORT_STYLE } from './report-style.ts';
import { visible } from './visible-text.ts';

const STYLE_HASH = createHash('sha256').update(REPORT_STYLE).digest('base64');

const RESULTS: Readonly<Record<CertificationReport['result'], string>> = {
  passed: 'Passed: every case that applies',
  failed: 'Not passed: something has to be put right',
  incomplete: 'Not complete: no case failed, and some came to no verdict',
};

/**
 * The report as one HTML file that can be mailed: no script, nothing loaded from anywhere, a policy that forbids both,
 * and everything that strangers wrote escaped and stripped of what would turn or hide text.
 */
export function renderReport(report: CertificationReport): string {
  const { target, result, cases } = report;
  const title = `Certification: ${visible(target.name)}`;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'">
<meta name="robots" content="noindex">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${trustedHtml(REPORT_STYLE)}</style>
</head>
<body>
<header class="head ${result}"><div>
<p class="kind">Certification report</p>
<h1>${visible(target.name)}</h1>
<p class="result">${RESULTS[result]}</p>
<p>${whenAndWhat(report)}</p>
</div></header>
<main>
${tiles(cases)}
${facts(report)}
${openPoints(cases)}
${overview(cases)}
<h2>Case by case</h2>
${cases.map(renderCase)}
</main>
${footer()}
</body>
</html>
`;
  return page.toString();
}

function whenAndWhat({ startedAt, endedAt, target: { mode }, casesChosen, casesKnown }: CertificationReport): string {
  const seconds = Math.round(
    (Temporal.Instant.from(endedAt).epochMilliseconds - Temporal.Instant.from(startedAt).epochMilliseconds) / 1_000,
  );
  const which = casesChosen === casesKnown ? `All ${casesKnown} cases` : `${casesChosen} of ${casesKnown} cases`;
  return `${which}, ${mode} mode, ${inUtc(startedAt)}, in ${inWords(seconds)}.`;
}

function inUtc(instant: string): string {
  return `${instant.slice(0, 16).replace('T', ' ')} UTC`;
}

function inWords(seconds: number): string {
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} minutes`;
}

function tiles(cases: readonly CaseReport[]): Html {
  const counts = Object.entries(countVerdicts(cases)) as [CaseReport['verdict'], number][];
  return html`<ul class="tiles">${counts.map(
    ([verdict, count]) =>
      html`<li class="${verdict}${count > 0 ? ' some' : ''}"><b>${count}</b>${VERDICTS[verdict]}</li>`,
  )}</ul>`;
}

function facts({ target }: CertificationReport): Html {
  const money: Money = { amount: BigInt(target.amount), currency: target.currency };
  const rows = [
    ...target.facts,
    ...(target.providerAccountId === null ? [] : [{ name: 'Provider account', value: target.providerAccountId }]),
    { name: 'Notifications', value: target.notificationUrl ?? 'not listened for' },
    { name: 'Each payment', value: formatMoney(money, 'en') },
  ];
  return html`<dl class="facts">${rows.map(
    ({ name, value }) => html`<dt>${visible(name)}</dt><dd>${visible(value)}</dd>\n`,
  )}</dl>`;
}

function openPoints(cases: readonly CaseReport[]): Content {
  const order = ['failed', 'needs_person', 'not_run'];
  const open = cases
    .filter(({ verdict, applies }) => verdict !== 'passed' && applies)
    .toSorted((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
  if (open.length === 0) return null;
  return html`<h2>What is left to do</h2>
<ul class="todo">${open.map(
    ({ id, title, verdict, reason }) => html`<li class="${verdict}">
<strong>${badge(verdict)} <a href="#case-${id}">${title}</a></strong> ${visible(reason)}</li>
`,
  )}</ul>`;
}

function overview(cases: readonly CaseReport[]): Html {
  return html`<h2>All cases</h2>
<table>
<thead><tr><th scope="col">Case</th><th scope="col" class="wide">Requirements</th><th scope="col">Verdict</th><th scope="col" class="num wide">Time</th></tr></thead>
<tbody>
${cases.map(
  ({ id, title, requirements, verdict, durationMs }) => html`<tr>
<th scope="row"><a href="#case-${id}">${title}</a></th><td class="wide">${requirements.join(', ')}</td>
<td>${badge(verdict)}</td><td class="num wide">${durationMs} ms</td></tr>
`,
)}</tbody>
</table>`;
}

function footer(): Html {
  return html`<footer>
<h2>How to read this</h2>
<p>Each case judges one thing. Its checks say what must be so; its evidence is what was sent and received, cut to a
readable length. A string to sign is shown with its separators in color; an absent value as (empty), which is no part of it. Where a signature differs from the one our key makes, the difference is marked from the first character on.</p>
<p>No key is in this file. Signatures, addresses of test payments and references are. Numbers such as S0.5 are those of the
integration’s requirements.</p>
</footer>`;
}
