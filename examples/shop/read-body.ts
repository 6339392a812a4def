import type { IncomingMessage } from 'node:http';

export class TooLarge extends Error {
  override readonly name = 'TooLarge';
}

/** The bytes of a request, as they came: a signature is over these, not over what a parser makes of them. */
export async function readBody(request: IncomingMessage, bytesMax: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Left open, so that the refusal still reaches the sender.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw new TooLarge(`The body has more than ${bytesMax} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
