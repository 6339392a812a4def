import { AF } from './af.ts';
import { AR } from './ar.ts';
import { DE } from './de.ts';
import { EN } from './en.ts';
import { ES } from './es.ts';
import { FR } from './fr.ts';
import { HU } from './hu.ts';
import type { Messages } from './messages.ts';
import { PT } from './pt.ts';
import { VI } from './vi.ts';
import { ZU } from './zu.ts';

/** The languages the checkout page speaks, by ISO 639 code. */
export const CATALOGS = {
  en: EN,
  de: DE,
  fr: FR,
  es: ES,
  pt: PT,
  hu: HU,
  vi: VI,
  ar: AR,
  zu: ZU,
  af: AF,
} as const satisfies Record<string, Messages>;

export type Language = keyof typeof CATALOGS;
