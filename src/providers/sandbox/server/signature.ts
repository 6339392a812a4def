import { createHmac, timingSafeEqual } from 'node:crypto';

/** Seconds by which a signed timestamp may differ from the clock, either way. */
export const TOLERANCE_SECONDS = 300;

export interface SignedParts {
  readonly timestamp: string;
  readonly method: string;
  /** With the query. Free of dots (the router takes no other), so that no two requests share one signed text. */
  readonly path: string;
  readonly body: Uint8Array;
}

/** HMAC-SHA256, lower-case hex, over `timestamp.method.path.body`. */
function requestSignature(secret: string, { timestamp, method, path, body }: SignedParts): string {
  return createHmac('sha256', secret).update(`${timestamp}.${method}.${path}.`).update(body).digest('hex');
}

/** Compares with every secret, without telling by time which one or how much of it matched. */
export function isSignedBy(secrets: readonly string[], parts: SignedParts, signature: string): boolean {
  if (!/^[0-9a-f]{64}$/.test(signature)) return false;
  const given = Buffer.from(signature, 'hex');
  let matches = false;
  for (const secret of secrets) {
    const expected = Buffer.from(requestSignature(secret, parts), 'hex');
    if (timingSafeEqual(given, expected)) matches = true;
  }
  return matches;
}

/** The `Sandbox-Signature` header of a notification: `t=<unix seconds>` and one `v1=<hex>` per secret over `t.body`. */
export function notificationSignature(secrets: readonly string[], timestamp: number, body: string): string {
  const digests = secrets.map((secret) => {
    return `v1=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;
  });
  return [`t=${timestamp}`, ...digests].join(',');
}
