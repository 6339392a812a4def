import { type Content, type Html, html } from '../platform/html.ts';
import type { CaseReport, EvidenceReport, MessageReport, SignatureReport } from './report.ts';
import { visible } from './visible-text.ts';

/** Verdicts in a reader's words. */
export const VERDICTS: Readonly<Record<CaseReport['verdict'], string>> = {
  passed: 'Passed',
  failed: 'Failed',
  needs_person: 'Needs a person',
  not_run: 'Not run',
};

/** Drawn, since not every font has such signs. Paths in a square of 16. */
const SIGNS: Readonly<Record<CaseReport['verdict'], string>> = {
  passed: 'M3 8.5 6.5 12 13 4.5',
  failed: 'M4 4 12 12M12 4 4 12',
  needs_person: 'M8 3V9M8 12.5V13',
  not_run: 'M3.5 8H12.5',
};

function sign(verdict: CaseReport['verdict'], label: string | null): Html {
  const path = html`<path d="${SIGNS[verdict]}"/>`;
  return label === null
    ? html`<svg class="sign" viewBox="0 0 16 16" aria-hidden="true">${path}</svg>`
    : html`<svg class="sign" viewBox="0 0 16 16" role="img" aria-label="${label}">${path}</svg>`;
}

/** A verdict in color, by a sign and in words. */
export function badge(verdict: CaseReport['verdict']): Html {
  return html`<span class="badge ${verdict}">${sign(verdict, null)}${VERDICTS[verdict]}</span>`;
}

/** One case with its checks and evidence; that of a failed case is open. */
export function renderCase(report: CaseReport): Html {
  const { id, title, requirements, does, expects, verdict, reason, checks, evidence } = report;
  return html`<article class="case" id="case-${id}">
<header><h3>${title}</h3>${badge(verdict)}</header>
<p class="id"><code>${id}</code> · ${requirements.join(', ')}</p>
<p class="reason">${visible(reason)}</p>
<dl class="facts"><dt>Does</dt><dd>${does}</dd><dt>Expects</dt><dd>${expects}</dd></dl>
${checks.length > 0 && html`<ul class="checks">${checks.map(renderCheck)}</ul>`}
${evidence.length > 0 && renderEvidence(evidence, verdict === 'failed')}
</article>
`;
}

function renderCheck({ fact, holds, found }: CaseReport['checks'][number]): Html {
  const shown = holds ? sign('passed', 'Holds:') : sign('failed', 'Does not hold:');
  const why = holds ? null : html` <em>${visible(found)}</em>`;
  return html`<li class="${holds ? 'yes' : 'no'}">${shown}${visible(fact)}${why}</li>\n`;
}

function renderEvidence(evidence: readonly EvidenceReport[], isOpen: boolean): Html {
  const summary = html`<summary>Evidence (${evidence.length})</summary>`;
  const steps = evidence.map(renderStep);
  return isOpen ? html`<details open>${summary}${steps}</details>` : html`<details>${summary}${steps}</details>`;
}

function renderStep(step: EvidenceReport): Html {
  const at = step.at.slice(11, 23).replace('Z', '');
  if (step.kind === 'note') {
    return html`<div class="step"><h4>${visible(step.title)}</h4><p class="when">${at}</p></div>`;
  }
  if (step.kind === 'notification') {
    return html`<div class="step"><h4>${visible(step.title)}</h4>
<p class="when">${at} · taken as <code>${visible(step.outcome)}</code></p>
${renderMessage('What came', step.request)}</div>`;
  }
  const { title, method, url, request, answer, outcome, durationMs } = step;
  return html`<div class="step"><h4>${visible(title)}</h4>
<p class="when">${at} · ${durationMs} ms · <code>${method} ${visible(url)}</code></p>
${request.body !== '' && renderMessage('Request', request)}
${answer === null ? html`<h5>Answer</h5><p>${visible(outcome)}</p>` : renderMessage(`Answer ${answer.status}`, answer)}
</div>`;
}

function renderMessage(name: string, { headers, body, signature }: MessageReport): Html {
  const lines = Object.entries(headers).map(([header, value]) => `${header}: ${value}`);
  const text = [...lines, ...(lines.length > 0 ? [''] : []), body === '' ? '(empty)' : body].join('\n');
  return html`<h5>${name}</h5><pre>${visible(text)}</pre>${signature !== null && renderSignature(signature)}`;
}

const SIGNATURE_WORDS: Readonly<Record<SignatureReport['verdict'], string>> = {
  ours: 'made here',
  valid: 'right',
  invalid: 'another than our key makes',
  missing: 'missing',
  ambiguous: 'of a text that can be read in two ways',
  no_key: 'not checked: the key is of another kind',
};

function renderSignature(signature: SignatureReport): Html {
  const { verdict, signedText, separator, received, expected, because } = signature;
  const differs = expected !== null && received !== null && expected !== received;
  return html`<dl class="pair">
<dt>Signature</dt><dd>${SIGNATURE_WORDS[verdict]}${because !== null && html` (${visible(because)})`}</dd>
${signedText !== null && html`<dt>String to sign</dt><dd class="text">${withSeparators(signedText, separator)}</dd>`}
${received !== null && html`<dt>${verdict === 'ours' ? 'Sent' : 'Received'}</dt><dd><code>${differs ? marked(received, expected) : visible(received)}</code></dd>`}
${expected !== null && html`<dt>Expected</dt><dd><code>${differs ? marked(expected, received) : visible(expected)}</code></dd>`}
</dl>`;
}

/** Each separator in color, so that an empty value between two of them is seen. */
function withSeparators(text: string, separator: string): Content {
  if (separator === '') return visible(text);
  return text
    .split(separator)
    .map((value, index) => [
      index > 0 && html`<span class="sep">${separator}</span>`,
      value === '' ? html`<span class="empty"></span>` : visible(value),
      html`<wbr>`,
    ]);
}

/** What differs, from the first character on. */
function marked(text: string, other: string): Content {
  const at = [...text].findIndex((character, index) => character !== other[index]);
  if (at === -1) return visible(text);
  return [visible(text.slice(0, at)), html`<mark>${visible(text.slice(at))}</mark>`];
}
