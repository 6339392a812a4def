/** A refusal of the API (RFC 9457), or that nothing came back at all. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  /** 0: no answer came, so nobody knows whether it was done. */
  readonly status: number;
  readonly code: string;
  readonly errors: readonly { readonly pointer: string; readonly detail: string }[];
  readonly correlationId: string | null;
  readonly retryAfterSeconds: number | null;

  constructor(status: number, body: unknown, retryAfter: string | null) {
    const members = typeof body === 'object' && body !== null ? body : {};
    const text = (name: string): string | null => {
      const value: unknown = Reflect.get(members, name);
      return typeof value === 'string' ? value : null;
    };
    super(text('detail') ?? text('title') ?? '');
    this.status = status;
    this.code = text('code') ?? (status === 0 ? 'no_answer' : 'unreadable_answer');
    const errors: unknown = Reflect.get(members, 'errors');
    this.errors = Array.isArray(errors) ? errors : [];
    this.correlationId = text('correlationId');
    this.retryAfterSeconds = retryAfter !== null && /^\d+$/.test(retryAfter) ? Number(retryAfter) : null;
  }
}

/** The problem behind an error; what is none was our own mistake and is thrown on. */
export function problemOf(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  throw error;
}
