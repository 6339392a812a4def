/** Thrown with a sentence for the operator where no local PostgreSQL can be had; data was left as it was. */
export class LocalPostgresRefused extends Error {
  override readonly name = 'LocalPostgresRefused';
}

/** The `code` of a file system or process error, such as ENOENT; undefined for any other error. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
