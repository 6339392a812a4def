import { WebhookVerificationError } from './webhook-verification-error.ts';

/** Why a verifier refused, or `accepted`. Whatever it throws beside its own error fails the test. */
export async function reasonOf(verdict: Promise<unknown>): Promise<string> {
  try {
    await verdict;
  } catch (error) {
    if (error instanceof WebhookVerificationError) return error.reason;
    throw error;
  }
  return 'accepted';
}

/** Each copy of the text with one bit of one byte turned. */
export function* flippedBytes(text: string): Generator<Uint8Array> {
  for (let index = 0; index < Buffer.byteLength(text); index++) {
    const bytes = Buffer.from(text);
    bytes.writeUInt8(bytes.readUInt8(index) ^ 1, index);
    yield bytes;
  }
}
