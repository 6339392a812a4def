import type { OutboundHttp } from '../platform/outbound-http.ts';
import { askKeyKeeper, type Judgment } from './ask-key-keeper.ts';
import { type MasterKey, MasterKeyDenied, MasterKeyUnavailable } from './master-key.ts';
import { watchedFile } from './watched-file.ts';

interface VaultOptions {
  readonly http: OutboundHttp;
  readonly url: string | null;
  readonly namespace: string | null;
  readonly tokenFile: string | null;
}

/** Vault has no other name for its ciphertexts; the number is the version of the key there. */
const CIPHERTEXT = /^vault:v\d{1,9}:[A-Za-z0-9+/]+=*$/;

/**
 * A key of Vault's transit engine, which wraps and unwraps there: it never leaves. The context goes along twice: as what an
 * AEAD key authenticates, and as what a derived key is derived by. A key that binds neither is found out at the start.
 * https://developer.hashicorp.com/vault/api-docs/secret/transit#encrypt-data
 */
export function vaultTransitKey(id: string, { http, url, namespace, tokenFile }: VaultOptions): MasterKey {
  const path = id.slice('vault-transit:'.length);
  const cut = path.lastIndexOf('/');
  const [mount, name] = [path.slice(0, cut), path.slice(cut + 1)];
  const readToken = watchedFile(tokenFile ?? '', 'The token for Vault');

  async function ask(action: 'encrypt' | 'decrypt', fields: Readonly<Record<string, string>>, context: string) {
    if (url === null) throw new MasterKeyUnavailable('VAULT_ADDR is not set');
    const bound = base64(Buffer.from(context));
    const body = JSON.stringify({ ...fields, associated_data: bound, context: bound });
    const { data } = await askKeyKeeper({
      http,
      keeper: `Vault (${id})`,
      judge,
      request: async () => ({
        url: `${url}/v1/${mount}/${action}/${name}`,
        body,
        headers: {
          'content-type': 'application/json',
          'x-vault-request': 'true',
          'x-vault-token': (await readToken()).trim(),
          ...(namespace === null ? {} : { 'x-vault-namespace': namespace }),
        },
      }),
    });
    return typeof data === 'object' && data !== null ? (data as Readonly<Record<string, unknown>>) : {};
  }

  return {
    id,
    kind: 'remote',
    async wrap(dataKey, context) {
      const { ciphertext } = await ask('encrypt', { plaintext: base64(dataKey) }, context);
      if (typeof ciphertext !== 'string' || !CIPHERTEXT.test(ciphertext)) throw withoutBytes(id);
      return Buffer.from(ciphertext);
    },
    async unwrap(wrapped, context) {
      const ciphertext = Buffer.from(wrapped).toString('utf8');
      if (!CIPHERTEXT.test(ciphertext)) throw new MasterKeyDenied(`Vault (${id}) did not wrap these bytes`);
      const { plaintext } = await ask('decrypt', { ciphertext }, context);
      const bytes = Buffer.from(typeof plaintext === 'string' ? plaintext : '', 'base64');
      if (bytes.length === 0) throw withoutBytes(id);
      return bytes;
    },
  };
}

/** 412: a standby that has not heard of the last write yet; 429, 472 and 473 are standbys, 503 is sealed. */
function judge(status: number): Judgment {
  if (status === 200) return 'done';
  return status >= 500 || [412, 429, 472, 473].includes(status) ? 'again' : 'denied';
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

function withoutBytes(id: string): MasterKeyDenied {
  return new MasterKeyDenied(`Vault (${id}) answered without bytes`);
}
