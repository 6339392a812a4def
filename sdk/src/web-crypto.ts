import type { webcrypto } from 'node:crypto';

type Bytes = Uint8Array<ArrayBuffer>;

/** Not written into the import, so that bundlers for browsers and workers, which need it not, do not look for it. */
const NODE_CRYPTO: string = 'node:crypto';

/** Everywhere but in Node 18 it is a global. */
async function findSubtle(): Promise<webcrypto.SubtleCrypto> {
  const found: webcrypto.Crypto | undefined = globalThis.crypto;
  if (found !== undefined) return found.subtle;
  const module: { readonly webcrypto: webcrypto.Crypto } = await import(NODE_CRYPTO);
  return module.webcrypto.subtle;
}

/** Whether this is the HMAC-SHA256 of the bytes. WebCrypto compares in constant time. */
export async function isHmacSha256(key: Bytes, signature: Bytes, signed: Bytes): Promise<boolean> {
  const subtle = await findSubtle();
  const imported = await subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']);
  return subtle.verify('HMAC', imported, signature, signed);
}

export async function sha256(bytes: Bytes): Promise<Bytes> {
  return new Uint8Array(await (await findSubtle()).digest('SHA-256', bytes));
}

/** `null`: the key is none. */
export async function isEd25519(publicKey: Bytes, signature: Bytes, signed: Bytes): Promise<boolean | null> {
  const subtle = await findSubtle();
  const key = await orNull(subtle.importKey('raw', publicKey, { name: 'Ed25519' }, false, ['verify']));
  return key === null ? null : subtle.verify('Ed25519', key, signature, signed);
}

/** PKCS #1 v1.5; `spki` is the DER inside a PEM. `null`: the key is none, or shorter than 2048 bits. */
export async function isRsaSha256(spki: Bytes, signature: Bytes, signed: Bytes): Promise<boolean | null> {
  const subtle = await findSubtle();
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  const key = await orNull(subtle.importKey('spki', spki, algorithm, false, ['verify']));
  if (key === null || !('modulusLength' in key.algorithm) || Number(key.algorithm.modulusLength) < 2_048) return null;
  return subtle.verify(algorithm.name, key, signature, signed);
}

/** AES-256-GCM with the whole tag of 16 bytes behind the ciphertext; null where it was not made with this key. */
export async function openAesGcm(key: Bytes, iv: Bytes, sealed: Bytes, additionalData: Bytes): Promise<Bytes | null> {
  const subtle = await findSubtle();
  const imported = await subtle.importKey('raw', key, { name: 'AES-GCM' }, false, ['decrypt']);
  const algorithm = { name: 'AES-GCM', iv, additionalData, tagLength: 128 };
  const opened = await orNull(subtle.decrypt(algorithm, imported, sealed));
  return opened === null ? null : new Uint8Array(opened);
}

/** AES-CBC with PKCS #7 padding; null where that does not come out right. Proves nothing by itself. */
export async function openAesCbc(key: Bytes, iv: Bytes, sealed: Bytes): Promise<Bytes | null> {
  const subtle = await findSubtle();
  const imported = await subtle.importKey('raw', key, { name: 'AES-CBC' }, false, ['decrypt']);
  const opened = await orNull(subtle.decrypt({ name: 'AES-CBC', iv }, imported, sealed));
  return opened === null ? null : new Uint8Array(opened);
}

/** What WebCrypto refuses is told by one error for every reason, and says no more than that it was refused. */
function orNull<Value>(work: Promise<Value>): Promise<Value | null> {
  return work.catch(() => null);
}
