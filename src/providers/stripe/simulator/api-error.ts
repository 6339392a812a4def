/** What the simulator answers instead of an object: Stripe's error object under an HTTP status. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly error: Readonly<Record<string, unknown>>;

  constructor(status: number, error: Readonly<Record<string, unknown>> & { readonly type: string }) {
    super(String(error.code ?? error.type));
    this.status = status;
    this.error = error;
  }
}

/** The request asks for what is not possible: 400 with a code of https://docs.stripe.com/error-codes. */
export function invalidRequest(code: string, message: string, param?: string): ApiError {
  return new ApiError(400, { type: 'invalid_request_error', code, message, ...(param === undefined ? {} : { param }) });
}

/** There is no such object on this account. */
export function missing(noun: string, id: string): ApiError {
  const message = `No such ${noun}: '${id}'`;
  return new ApiError(404, { type: 'invalid_request_error', code: 'resource_missing', message, param: 'id' });
}
