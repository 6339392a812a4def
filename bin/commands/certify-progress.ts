import { join } from 'node:path';
import { printable } from '../../src/certification/payers.ts';
import { type CaseReport, type CertificationReport, countVerdicts } from '../../src/certification/report.ts';
import type { CertificationProgress } from '../../src/certification/run-certification.ts';

type Tell = (line: string) => void;

const WORDS: Readonly<Record<CaseReport['verdict'], string>> = {
  passed: 'passed',
  failed: 'FAILED',
  needs_person: 'needs a person',
  not_run: 'not run',
};

const RESULTS: Readonly<Record<CertificationReport['result'], string>> = {
  passed: 'Passed.',
  failed: 'Not passed.',
  incomplete: 'Not complete: some cases came to no verdict.',
};

/** Says for a person what goes on: a line when a case begins, and what it came to. */
export function certifyProgress(tell: Tell): CertificationProgress {
  return {
    begins({ id, title }, index, count) {
      tell(`[${String(index + 1).padStart(2)}/${count}] ${id}: ${title}`);
    },
    ends({ verdict, reason }) {
      tell(`        ${WORDS[verdict]}${verdict === 'passed' ? '' : `: ${printable(reason)}`}`);
    },
  };
}

/** What it came to, and where the report is. */
export function tellEnd(report: CertificationReport, folder: string | null, tell: Tell): void {
  const { passed, failed, needs_person: waiting, not_run: notRun } = countVerdicts(report.cases);
  tell('');
  tell(`${RESULTS[report.result]} ${passed} passed, ${failed} failed, ${waiting} need a person, ${notRun} not run.`);
  if (folder === null) tell('Give --out <folder> for the report as a page and as JSON.');
  else tell(`The report is in ${join(folder, 'certification.html')} and ${join(folder, 'certification.json')}.`);
}
