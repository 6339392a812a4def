import { readFileSync } from 'node:fs';
import { LANGUAGES, type Language } from '../../../tenants/languages.ts';
import type { Messages } from './messages.ts';
import { readCatalog } from './read-catalog.ts';

/** The words of every language, read once when the program starts: one that is broken stops it there. */
export const CATALOGS = Object.fromEntries(
  LANGUAGES.map((language) => [
    language,
    readCatalog(language, readFileSync(new URL(`${language}.json`, import.meta.url), 'utf8')),
  ]),
) as Readonly<Record<Language, Messages>>;
