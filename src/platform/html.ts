import { assert } from '../kernel/assert.ts';

/** What may stand in a `${}` of `html`. Text is escaped; absent things and `false` leave nothing behind. */
export type Content = Html | string | number | bigint | null | undefined | false | readonly Content[];

/** Finished markup. Only `html` and `trustedHtml` make it, so that a plain string can never pass for it. */
export class Html {
  readonly #markup: string;

  constructor(markup: string) {
    this.#markup = markup;
  }

  toString(): string {
    return this.#markup;
  }
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A tag that was left open right after `name=`, all its quotes closed. */
const UNQUOTED_VALUE = /^<[^>"]*(?:"[^"]*"[^>"]*)*=$/;

/**
 * Builds markup; everything interpolated is escaped unless it is `Html` itself. Attribute values stand in quotes.
 * @throws AssertionFailed for an attribute value without quotes, where escaping would not protect
 */
export function html(literals: TemplateStringsArray, ...contents: readonly Content[]): Html {
  let markup = literals[0] ?? '';
  contents.forEach((content, index) => {
    assert(!UNQUOTED_VALUE.test(markup.slice(markup.lastIndexOf('<'))), 'An interpolated attribute value needs quotes');
    markup += toMarkup(content) + (literals[index + 1] ?? '');
  });
  return new Html(markup);
}

/** Marks markup as safe. Only for what this program drew itself (the QR code); never for anything a tenant wrote. */
export function trustedHtml(markup: string): Html {
  return new Html(markup);
}

function toMarkup(content: Content): string {
  if (content === null || content === undefined || content === false) return '';
  if (content instanceof Html) return content.toString();
  if (typeof content === 'object') return content.map(toMarkup).join('');
  return String(content).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
