import { readFileSync } from 'node:fs';
import { z } from 'zod';

const words = z.string().min(1);

/** The words of the address form. Text in, text out: the page escapes them. */
const addressMessages = z.strictObject({
  title: words,
  text: words,
  country: words,
  update: words,
  /** Has `{label}`. */
  optional: words.includes('{label}'),
  save: words,
  check: words,
  deliverTo: words,
  change: words,
  fields: z.strictObject({
    name: words,
    organization: words,
    line1: words,
    line2: words,
    district: words,
    city: words,
    region: words,
    postalCode: words,
    phone: words,
  }),
  rules: z.strictObject({
    required: words,
    too_long: words,
    characters: words,
    country: words,
    /** Has `{example}`. */
    postal_code: words.includes('{example}'),
    phone: words,
    card_number: words,
  }),
});
export type AddressMessages = z.output<typeof addressMessages>;

/** The languages the form has words in; in every other language of the page it speaks English. */
export const ADDRESS_LANGUAGES = ['en', 'de', 'fr', 'es', 'pt', 'hu', 'vi', 'ar', 'zu', 'af'] as const;

const catalogs = new Map<string, AddressMessages>();

/** The form's words in a language, read from its file at the first call. */
export function addressMessagesOf(language: string): AddressMessages {
  const known = ADDRESS_LANGUAGES.find((one) => one === language) ?? 'en';
  const messages = catalogs.get(known) ?? readMessages(known);
  catalogs.set(known, messages);
  return messages;
}

function readMessages(language: string): AddressMessages {
  const file = new URL(`./address-messages/${language}.json`, import.meta.url);
  return addressMessages.parse(JSON.parse(readFileSync(file, 'utf8')));
}
