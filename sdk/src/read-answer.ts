import { type FieldError, type Outcome, TollgateError } from './tollgate-error.ts';

/** An HTTP answer whose body has arrived whole. */
export interface Answer {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly text: string;
}

const NOT_THE_API = 'The answer is not one of the Tollgate API. Is baseUrl the address of the API, without a path?';

/**
 * The JSON of a success; undefined where there is none to send (204).
 * @throws TollgateError for every other answer, `outcome` telling whether anything can have happened
 */
export function readAnswer(answer: Answer): unknown {
  if (answer.status < 200 || answer.status >= 300) throw refusalOf(answer);
  if (answer.status === 204) return undefined;
  const json = parseJson(answer.text);
  if (json !== undefined) return json;
  throw new TollgateError({
    ...traceOf(answer),
    code: 'unreadable_answer',
    detail: NOT_THE_API,
    outcome: 'unknown',
  });
}

function refusalOf(answer: Answer): TollgateError {
  const problem = asRecord(parseJson(answer.text));
  const code = textOf(problem?.code);
  const detail = textOf(problem?.detail) ?? textOf(problem?.title);
  return new TollgateError({
    ...traceOf(answer),
    code: code ?? `http_${answer.status}`,
    detail: detail ?? (answer.status < 500 ? NOT_THE_API : `The gateway or a proxy answered ${answer.status}.`),
    outcome: outcomeOf(answer.status, code),
    errors: fieldErrorsOf(problem?.errors),
    ...(code === null ? {} : { correlationId: textOf(problem?.correlationId) }),
    retryAfterSeconds: retryAfterSecondsOf(answer.headers),
    problem,
  });
}

/**
 * Whether a refusal proves that nothing happened. A 5xx does not: a proxy gave up waiting, or the database was lost
 * around a commit. Nor does the word that the first request with this key is still running.
 */
function outcomeOf(status: number, code: string | null): Outcome {
  return status >= 500 || status === 408 || code === 'idempotency_in_progress' ? 'unknown' : 'refused';
}

/** RFC 9110 section 10.2.3: seconds, or a date, which is measured against the answer's own. */
function retryAfterSecondsOf(headers: Answer['headers']): number | null {
  const text = headers.get('retry-after')?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text);
  const seconds = (Date.parse(text) - Date.parse(headers.get('date') ?? '')) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : null;
}

function traceOf(answer: Answer) {
  return { status: answer.status, correlationId: answer.headers.get('x-correlation-id') };
}

function fieldErrorsOf(value: unknown): FieldError[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((each: unknown) => {
    const error = asRecord(each);
    const pointer = textOf(error?.pointer);
    const detail = textOf(error?.detail);
    return pointer === null || detail === null ? [] : [{ pointer, detail }];
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null ? { ...value } : null;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
