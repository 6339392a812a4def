import { type Finding, lineAt, type SourceFile } from './source.ts';

interface Refused {
  readonly pattern: RegExp;
  readonly instead: string;
}

/** A class of one letter keeps a pattern from finding itself here. */
const REFUSED: readonly Refused[] = [
  {
    pattern: /(?<![\w.)\]}-])\/(?:home|Users)\/[\w.-]+|(?<![\w.)\]}-])\/(?:root|work)\/|\b[A-Z]:\\Users\\/g,
    instead: 'a path of one machine: write it relative to the repository, or take it from the environment',
  },
  {
    pattern: /\bregistry\.(?:npmjs|yarnpkg|npmmirror)\b|\bnpm\.pkg\.github\b|\bartif[a]ctory\b|^registry\s*=/gim,
    instead: 'the address of a package registry: leave it to the settings of the machine',
  },
  {
    pattern:
      /\b(?:cl[a]ude|anthr[o]pic|chatg[p]t|open[a]i|gpt-?\d|copil[o]t|l[l]ms?|language m[o]dels?|assist[a]nts?)\b/gi,
    instead: 'say what the code does and why, not what it was written with',
  },
  {
    pattern: /\b(?:ai|machine)-(?:gener|writ|assist)\w+|\bco-auth[o]red-by\b|\bsub-?ag[e]nts?\b/gi,
    instead: 'say what the code does and why, not what it was written with',
  },
  {
    pattern:
      /\b(?:previous|earlier|working|coding|chat) sess[i]on\b|\bas (?:requested|instructed) in the (?:task|brief)\b/gi,
    instead: 'a text stands by itself: give the reason instead of the occasion',
  },
  {
    pattern: /\b(?:TO[D]O|FIX[M]E)\b/g,
    instead: 'do it now, or open an issue: a note in the code reminds nobody',
  },
];

/** Nothing in the repository speaks of the place where it was made. Integrity hashes are not words. */
export function wording(files: readonly SourceFile[]): Finding[] {
  return files
    .filter(({ path }) => !path.endsWith('package-lock.json'))
    .flatMap(({ path, text }) =>
      REFUSED.flatMap(({ pattern, instead }) =>
        [...text.matchAll(pattern)].map((match) => ({
          path,
          line: lineAt(text, match.index),
          rule: 'wording',
          message: `“${match[0]}”: ${instead}`,
        })),
      ),
    );
}
