import { type Dispatcher, errors } from 'undici';
import { type Connection, codeOf, msUntil } from './outbound-connection.ts';
import type { LostReason, OutboundRequest } from './outbound-http.ts';

export interface ExchangeInput {
  readonly method: OutboundRequest['method'];
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string | null;
  readonly bodyBytesMax: number;
  readonly deadlineAt: number;
}

/**
 * `unused` and `unwritable`: certainly nothing was written, since the connection had ended before, or since the request
 * is none. Instants are on the scale of performance.now().
 */
export type Exchanged =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly headers: Readonly<Record<string, readonly string[]>>;
      readonly body: Uint8Array;
      readonly bodyCut: boolean;
      readonly firstByteAt: number | null;
    }
  | { readonly kind: 'unused' }
  | { readonly kind: 'unwritable' }
  | {
      readonly kind: 'lost';
      readonly reason: LostReason;
      readonly detail: string;
      readonly firstByteAt: number | null;
    };

/**
 * One request and its answer on an open connection. From the moment undici is about to write, an end without a whole
 * answer is `lost`: what the other side has read by then nobody knows. Never rejects.
 */
export function exchange(connection: Connection, input: ExchangeInput): Promise<Exchanged> {
  const answer = new AnswerReader(connection, input);
  const { method, path, headers, body } = input;
  connection.client.dispatch({ method, path, headers, body }, answer);
  return answer.exchanged;
}

/** Collects an answer up to its end, the byte cap or the deadline, whichever comes first. */
class AnswerReader implements Dispatcher.DispatchHandler {
  readonly #connection: Connection;
  readonly #bodyBytesMax: number;
  readonly #outcome = Promise.withResolvers<Exchanged>();
  readonly #timer: NodeJS.Timeout;
  readonly #chunks: Uint8Array[] = [];
  #bytes = 0;
  #written = false;
  #status = 0;
  #headers: Readonly<Record<string, readonly string[]>> = {};
  #firstByteAt: number | null = null;

  constructor(connection: Connection, { bodyBytesMax, deadlineAt }: ExchangeInput) {
    this.#connection = connection;
    this.#bodyBytesMax = bodyBytesMax;
    this.#timer = setTimeout(() => this.#lose('timeout', 'No whole answer before the deadline'), msUntil(deadlineAt));
  }

  get exchanged(): Promise<Exchanged> {
    return this.#outcome.promise;
  }

  onRequestStart(): void {
    this.#written = true;
  }

  onResponseStarted(): void {
    this.#firstByteAt ??= performance.now();
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    // Any number of interim answers may come first (RFC 9110 section 15.2); the last one stands.
    this.#status = status;
    this.#headers = repeatedHeaders(controller.rawHeaders);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Uint8Array): void {
    const room = this.#bodyBytesMax - this.#bytes;
    this.#bytes += chunk.byteLength;
    this.#chunks.push(chunk.subarray(0, room));
    if (chunk.byteLength <= room) return;
    this.#abandon(this.#answered(true));
  }

  onResponseEnd(): void {
    this.#settle(this.#answered(false));
  }

  onResponseError(_controller: unknown, error: Error): void {
    if (!this.#written) this.#abandon({ kind: error instanceof errors.InvalidArgumentError ? 'unwritable' : 'unused' });
    else if (isMalformed(error)) this.#lose('malformed_answer', 'The answer is not HTTP/1.1');
    else this.#lose('reset', `The connection ended without a whole answer: ${codeOf(error)}`);
  }

  #answered(bodyCut: boolean): Exchanged {
    const [status, headers, firstByteAt] = [this.#status, this.#headers, this.#firstByteAt];
    return { kind: 'answered', status, headers, body: Buffer.concat(this.#chunks), bodyCut, firstByteAt };
  }

  #lose(reason: LostReason, detail: string): void {
    this.#abandon(
      this.#written ? { kind: 'lost', reason, detail, firstByteAt: this.#firstByteAt } : { kind: 'unused' },
    );
  }

  /** The connection goes too, also where nothing was written: undici must not write it later. */
  #abandon(exchanged: Exchanged): void {
    this.#settle(exchanged);
    this.#connection.destroy();
  }

  #settle(exchanged: Exchanged): void {
    clearTimeout(this.#timer);
    this.#outcome.resolve(exchanged);
  }
}

function isMalformed(error: Error): boolean {
  return error instanceof errors.HTTPParserError || error instanceof errors.HeadersOverflowError;
}

/** Names in lower case, each with all its values in order. RFC 9110 section 5.5: bytes beyond ASCII are opaque. */
function repeatedHeaders(raw: Dispatcher.DispatchController['rawHeaders']): Record<string, readonly string[]> {
  const values = new Map<string, string[]>();
  if (!Array.isArray(raw)) return {};
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = textOf(raw[i]).toLowerCase();
    const value = textOf(raw[i + 1]);
    const known = values.get(name);
    if (known === undefined) values.set(name, [value]);
    else known.push(value);
  }
  return Object.fromEntries(values);
}

function textOf(bytes: Buffer | string | undefined): string {
  return typeof bytes === 'string' ? bytes : (bytes?.toString('latin1') ?? '');
}
