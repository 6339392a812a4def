import { Resolver } from 'node:dns/promises';

export type TxtRecords =
  | { readonly kind: 'found'; readonly texts: readonly string[] }
  | { readonly kind: 'absent' }
  | { readonly kind: 'failed' };

/** The TXT records of a name. A question that got no reliable answer is `failed`, never `absent`. */
export type ResolveTxt = (name: string) => Promise<TxtRecords>;

/** RFC 2308: the name does not exist, or has no record of this type. */
const DEFINITE = new Set(['ENOTFOUND', 'ENODATA']);

/** Asks the machine's name servers unless told others (`address` or `address:port`). */
export function createTxtResolver(servers: readonly string[] | null): ResolveTxt {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  if (servers !== null) resolver.setServers(servers);
  return async (name) => {
    try {
      const records = await resolver.resolveTxt(name);
      // A long text comes in pieces. RFC 7208 section 3.3 reads them as one, and so does everybody.
      return { kind: 'found', texts: records.map((pieces) => pieces.join('')) };
    } catch (error) {
      const code = (error as { code?: unknown } | null)?.code;
      return { kind: typeof code === 'string' && DEFINITE.has(code) ? 'absent' : 'failed' };
    }
  };
}
