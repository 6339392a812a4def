/** A record of a file, with the line of the file it begins on; the first line is 1. */
export interface CsvRecord {
  readonly line: number;
  readonly fields: readonly string[];
}

/** What a file was refused for. */
export interface CsvRefusal {
  readonly line: number;
  readonly rule: string;
}

export type CsvAnswer =
  | { readonly kind: 'records'; readonly records: readonly CsvRecord[] }
  | { readonly kind: 'refused'; readonly refusal: CsvRefusal };

export type CsvDelimiter = ',' | ';' | '\t';

/**
 * Reads a file of comma-separated values, exactly: what a field holds between quotes comes out as it stands, and what is
 * neither quoted nor plain is refused and not guessed at. Lines end with CRLF or LF; a byte order mark is passed over.
 * https://www.rfc-editor.org/rfc/rfc4180#section-2
 */
export function readCsv(text: string, delimiter: CsvDelimiter = ','): CsvAnswer {
  const reader = new CsvReader(text.startsWith('\uFEFF') ? text.slice(1) : text, delimiter);
  const records: CsvRecord[] = [];
  while (!reader.isAtEnd) {
    const record = reader.readRecord();
    if ('rule' in record) return { kind: 'refused', refusal: record };
    records.push(record);
  }
  return { kind: 'records', records };
}

class CsvReader {
  readonly #text: string;
  readonly #delimiter: string;
  #at = 0;
  #line = 1;

  constructor(text: string, delimiter: string) {
    this.#text = text;
    this.#delimiter = delimiter;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  readRecord(): CsvRecord | CsvRefusal {
    const line = this.#line;
    const fields: string[] = [];
    for (;;) {
      const field = this.#text[this.#at] === '"' ? this.#readQuoted() : this.#readPlain();
      if (typeof field !== 'string') return field;
      fields.push(field);
      if (this.#text[this.#at] === this.#delimiter) {
        this.#at++;
        continue;
      }
      if (this.#takeLineEnd()) return { line, fields };
      return { line: this.#line, rule: 'a quoted field ends with its quote' };
    }
  }

  #readPlain(): string | CsvRefusal {
    const from = this.#at;
    while (this.#at < this.#text.length && !this.#isEndOfField()) {
      if (this.#text[this.#at] === '"') return { line: this.#line, rule: 'a field with a quote in it is quoted' };
      if (this.#text[this.#at] === '\r') return { line: this.#line, rule: 'lines end with CRLF or LF' };
      this.#at++;
    }
    return this.#text.slice(from, this.#at);
  }

  #readQuoted(): string | CsvRefusal {
    const begun = this.#line;
    let field = '';
    this.#at++;
    for (;;) {
      const quote = this.#text.indexOf('"', this.#at);
      if (quote === -1) return { line: begun, rule: 'a quoted field ends with its quote' };
      const part = this.#text.slice(this.#at, quote);
      this.#line += part.split('\n').length - 1;
      field += part;
      this.#at = quote + 1;
      if (this.#text[this.#at] !== '"') return field;
      field += '"';
      this.#at++;
    }
  }

  #isEndOfField(): boolean {
    const character = this.#text[this.#at];
    return character === this.#delimiter || character === '\n' || this.#text.startsWith('\r\n', this.#at);
  }

  /** Also at the end of the file, whose last line need not end. */
  #takeLineEnd(): boolean {
    if (this.isAtEnd) return true;
    const length = this.#text[this.#at] === '\n' ? 1 : this.#text.startsWith('\r\n', this.#at) ? 2 : 0;
    this.#at += length;
    this.#line += length === 0 ? 0 : 1;
    return length > 0;
  }
}
