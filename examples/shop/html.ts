/** Finished markup; a plain string can never pass for it. */
export class Html {
  readonly #markup: string;

  constructor(markup: string) {
    this.#markup = markup;
  }

  toString(): string {
    return this.#markup;
  }
}

type Content = Html | string | number | false | null | readonly Html[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Builds markup; what is interpolated is escaped unless it is `Html` itself. Attribute values stand in quotes. */
export function html(literals: TemplateStringsArray, ...contents: readonly Content[]): Html {
  return new Html(
    literals.reduce((markup, literal, index) => markup + toMarkup(contents[index - 1] ?? null) + literal),
  );
}

function toMarkup(content: Content): string {
  if (content === null || content === false) return '';
  if (content instanceof Html) return content.toString();
  if (typeof content === 'object') return content.join('');
  return String(content).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
