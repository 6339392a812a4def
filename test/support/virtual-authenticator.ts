import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** What may be wrong about an answer, for tests of what is refused. */
interface Flaws {
  readonly origin?: string;
  readonly rpId?: string;
  readonly challenge?: string;
  /** It did not ask who its person is. */
  readonly unverified?: boolean;
}

const PRESENT = 0x01;
const VERIFIED = 0x04;
const HAS_KEY = 0x40;

/** A device with one discoverable ES256 passkey, as WebAuthn level 3 section 6 describes it. */
export class VirtualAuthenticator {
  readonly #origin: string;
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  readonly #credentialId = randomBytes(32);
  #userHandle = '';
  #count = 0;

  /** The browser's page is at this origin. */
  constructor(origin: string) {
    this.#origin = origin;
  }

  /** Answers options of `navigator.credentials.create`. */
  // biome-ignore lint/suspicious/noExplicitAny: options as they came in an answer
  create(options: any, flaws: Flaws = {}) {
    this.#userHandle = options.user.id;
    const { x = '', y = '' } = this.#keys.publicKey.export({ format: 'jwk' });
    const coseKey = cbor(
      new Map<number, Encodable>([
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, Buffer.from(x, 'base64url')],
        [-3, Buffer.from(y, 'base64url')],
      ]),
    );
    const idLength = Buffer.alloc(2);
    idLength.writeUInt16BE(this.#credentialId.length);
    const attested = Buffer.concat([Buffer.alloc(16), idLength, this.#credentialId, coseKey]);
    const authData = Buffer.concat([this.#authData(options.rp.id, HAS_KEY, flaws), attested]);
    const attestation = new Map<string, Encodable>([
      ['fmt', 'none'],
      ['attStmt', new Map()],
      ['authData', authData],
    ]);
    const clientDataJSON = this.#clientData('webauthn.create', options.challenge, flaws).toString('base64url');
    const attestationObject = cbor(attestation).toString('base64url');
    return this.#credential({ clientDataJSON, attestationObject, transports: ['internal'] });
  }

  /** Answers options of `navigator.credentials.get`. */
  // biome-ignore lint/suspicious/noExplicitAny: options as they came in an answer
  get(options: any, flaws: Flaws = {}) {
    this.#count += 1;
    const authData = this.#authData(options.rpId, 0, flaws);
    const clientData = this.#clientData('webauthn.get', options.challenge, flaws);
    const signed = Buffer.concat([authData, createHash('sha256').update(clientData).digest()]);
    return this.#credential({
      clientDataJSON: clientData.toString('base64url'),
      authenticatorData: authData.toString('base64url'),
      signature: sign('sha256', signed, this.#keys.privateKey).toString('base64url'),
      userHandle: this.#userHandle,
    });
  }

  #credential(response: Readonly<Record<string, unknown>>) {
    const id = this.#credentialId.toString('base64url');
    return { id, rawId: id, type: 'public-key', clientExtensionResults: {}, response };
  }

  #authData(rpId: string, flags: number, flaws: Flaws): Buffer {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(this.#count);
    const verified = flaws.unverified === true ? 0 : VERIFIED;
    const hash = createHash('sha256')
      .update(flaws.rpId ?? rpId)
      .digest();
    return Buffer.concat([hash, Buffer.from([PRESENT | verified | flags]), count]);
  }

  #clientData(type: string, challenge: string, flaws: Flaws): Buffer {
    const origin = flaws.origin ?? this.#origin;
    return Buffer.from(JSON.stringify({ type, challenge: flaws.challenge ?? challenge, origin, crossOrigin: false }));
  }
}

type Encodable = number | string | Buffer | Map<unknown, Encodable>;

/** The part of CBOR (RFC 8949) that authenticators write. */
function cbor(value: Encodable): Buffer {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value]);
  const entries = [...value].flatMap(([key, content]) => [cbor(key as Encodable), cbor(content)]);
  return Buffer.concat([head(5, value.size), ...entries]);
}

function head(type: number, size: number): Buffer {
  if (size < 24) return Buffer.from([(type << 5) | size]);
  if (size < 256) return Buffer.from([(type << 5) | 24, size]);
  return Buffer.from([(type << 5) | 25, size >> 8, size & 255]);
}
