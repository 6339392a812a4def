/** One sentence's kind: how what a translator wrote becomes what the page uses. */
export interface MessageKind<Message> {
  /** @throws CatalogBroken with the rule that the entry breaks */
  readonly read: (entry: unknown, language: string) => Message;
}

export type MessagesOf<Kinds> = {
  readonly [Name in keyof Kinds]: Kinds[Name] extends MessageKind<infer Message> ? Message : MessagesOf<Kinds[Name]>;
};

/** Thrown with a sentence for the translator. */
export class CatalogBroken extends Error {
  override readonly name = 'CatalogBroken';
}

/** Twice the longest sentence of the English page; a longer one pushes the button off a phone's screen. */
const CHARACTERS_MAX = 420;

/** Words alone. */
export const text: MessageKind<string> = {
  read: (entry) => checkedSentence(entry, []),
};

/** Words around one value, which stands as `{name}` once or more. */
export function valued(name: string): MessageKind<(value: string) => string> {
  return {
    read(entry) {
      const sentence = checkedSentence(entry, [name]);
      requireValue(sentence, name);
      return (value) => sentence.replaceAll(`{${name}}`, () => value);
    },
  };
}

/** Words around two ends, which stand as `{least}` and `{most}`. */
export const ranged: MessageKind<(least: string, most: string) => string> = {
  read(entry) {
    const sentence = checkedSentence(entry, ['least', 'most']);
    for (const name of ['least', 'most']) requireValue(sentence, name);
    return (least, most) => sentence.replaceAll(/\{(least|most)\}/g, (_, name) => (name === 'least' ? least : most));
  },
};

function requireValue(sentence: string, name: string): void {
  if (!sentence.includes(`{${name}}`)) throw new CatalogBroken(`must have {${name}}, which stands for the value`);
}

/**
 * Words that change with a number: an object with an entry for each plural form of the language, in which the number
 * stands as `{count}`, written in digits or in words. https://www.unicode.org/cldr/charts/latest/supplemental/language_plural_rules.html
 */
export const counted: MessageKind<(count: number) => string> = {
  read(entry, language) {
    if (typeof entry !== 'object' || entry === null) throw new CatalogBroken('must be an object of plural forms');
    const forms = new Map<string, string>();
    for (const [form, sentence] of Object.entries(entry)) forms.set(form, checkedSentence(sentence, ['count']));
    const rules = new Intl.PluralRules(language);
    const needed = formsOf(rules);
    const wrong = [...forms.keys()].find((form) => !needed.has(form));
    if (wrong !== undefined) throw new CatalogBroken(`has the form “${wrong}”, which this language does not use`);
    const missing = [...needed].find((form) => !forms.has(form));
    if (missing !== undefined) throw new CatalogBroken(`lacks the form “${missing}”`);
    const digits = new Intl.NumberFormat(language);
    return (count) => (forms.get(rules.select(count)) ?? '').replaceAll('{count}', () => digits.format(count));
  },
};

/** The forms of whole numbers that occur; some languages have one more for millions. */
const COUNT_MAX = 200;

function formsOf(rules: Intl.PluralRules): ReadonlySet<string> {
  return new Set(Array.from({ length: COUNT_MAX + 1 }, (_, count) => rules.select(count)));
}

/** Marks and overrides; isolates may stand, which keep a telephone number in one piece inside Arabic. */
const TURNS_WRITING = /[\u061c\u200e\u200f\u202a-\u202e]/;

function checkedSentence(entry: unknown, values: readonly string[]): string {
  if (typeof entry !== 'string') throw new CatalogBroken('must be a text');
  if (entry.trim() !== entry || entry === '')
    throw new CatalogBroken('must not be empty, nor begin or end with a space');
  if (entry.length > CHARACTERS_MAX) throw new CatalogBroken(`must have at most ${CHARACTERS_MAX} characters`);
  if (/[<>\p{Cc}]|&\w+;/u.test(entry) || TURNS_WRITING.test(entry)) {
    throw new CatalogBroken('must be plain text, in one line');
  }
  const names = [...entry.matchAll(/\{([^}]*)\}?/g)].map(([, name = '']) => name);
  const unknown = names.find((name) => !values.includes(name));
  if (unknown !== undefined) throw new CatalogBroken(`has {${unknown}}, for which there is no value`);
  if (entry.replaceAll(/\{\w+\}/g, '').match(/[{}]/)) throw new CatalogBroken('has a brace without its partner');
  return entry;
}
