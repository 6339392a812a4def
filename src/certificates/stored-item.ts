import { createHash, createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';

/** What is kept as one: a certificate with its key, or an account that certificates are ordered with. */
export type ItemKind = 'certificate' | 'account';

/** What tells two states of one place apart, without anything secret. */
export interface ItemHead {
  /** Relative to the proxy's storage, with slashes. */
  readonly place: string;
  readonly kind: ItemKind;
  /** SHA-256 hex of the certificate, or of the account's public key. */
  readonly fingerprint: string;
  /** Null for accounts. */
  readonly validFrom: Temporal.Instant | null;
  readonly validUntil: Temporal.Instant | null;
}

/** A whole item: every file is there and they belong to each other. */
export interface StoredItem extends ItemHead {
  readonly files: Readonly<Record<string, string>>;
}

/** Never a dot first, so that no part leads upwards or to a hidden file. */
const SEGMENT = '[A-Za-z0-9@_+-][A-Za-z0-9@_+.-]{0,250}';
const CERTIFICATE_PLACE = new RegExp(`^certificates/${SEGMENT}/(${SEGMENT})$`);
const ACCOUNT_PLACE = new RegExp(`^acme/${SEGMENT}/users/${SEGMENT}$`);
const FILE_NAME = new RegExp(String.raw`^(${SEGMENT})\.(crt|key|json)$`);

/** What may stand at a place; null: nothing that proxies share. */
export function kindOfPlace(place: string): ItemKind | null {
  if (CERTIFICATE_PLACE.test(place)) return 'certificate';
  return ACCOUNT_PLACE.test(place) ? 'account' : null;
}

export function isItemFile(name: string): boolean {
  return FILE_NAME.test(name);
}

/**
 * The item that some files make up; null where one is missing, cannot be read, or where key and certificate do not belong
 * together: a proxy writes them one after the other, and may have been interrupted.
 */
export function readItem(place: string, files: Readonly<Record<string, string>>): StoredItem | null {
  try {
    const kind = kindOfPlace(place);
    if (kind === 'certificate') return readCertificate(place, files);
    return kind === 'account' ? readAccount(place, files) : null;
  } catch {
    return null;
  }
}

function readCertificate(place: string, files: Readonly<Record<string, string>>): StoredItem | null {
  const [, name = ''] = CERTIFICATE_PLACE.exec(place) ?? [];
  const [crt, key, json] = ['crt', 'key', 'json'].map((ending) => files[`${name}.${ending}`]);
  if (crt === undefined || key === undefined || json === undefined || Object.keys(files).length !== 3) return null;
  JSON.parse(json);
  const certificate = new X509Certificate(crt);
  if (!certificate.checkPrivateKey(createPrivateKey(key))) return null;
  const fingerprint = createHash('sha256').update(certificate.raw).digest('hex');
  const validFrom = instantOf(certificate.validFromDate);
  return { place, kind: 'certificate', fingerprint, validFrom, validUntil: instantOf(certificate.validToDate), files };
}

function readAccount(place: string, files: Readonly<Record<string, string>>): StoredItem | null {
  const names = Object.keys(files).sort();
  const [json = '', key = ''] = names;
  if (names.length !== 2 || !json.endsWith('.json') || key !== json.replace(/json$/, 'key')) return null;
  JSON.parse(files[json] ?? '');
  const publicKey = createPublicKey(createPrivateKey(files[key] ?? '')).export({ type: 'spki', format: 'der' });
  const fingerprint = createHash('sha256').update(publicKey).digest('hex');
  return { place, kind: 'account', fingerprint, validFrom: null, validUntil: null, files };
}

function instantOf(date: Date): Temporal.Instant {
  return Temporal.Instant.fromEpochMilliseconds(date.getTime());
}

/**
 * Whether one replaces the other: the certificate that was issued later; of two issued in the same second the same one
 * everywhere. An account is never replaced, since certificates were ordered with it.
 */
export function supersedes(one: ItemHead, other: ItemHead | undefined): boolean {
  if (other === undefined) return true;
  if (one.validFrom === null || other.validFrom === null || one.fingerprint === other.fingerprint) return false;
  const later = Temporal.Instant.compare(one.validFrom, other.validFrom);
  return later > 0 || (later === 0 && one.fingerprint > other.fingerprint);
}

export function hasEnded({ validUntil }: ItemHead, now: Temporal.Instant): boolean {
  return validUntil !== null && Temporal.Instant.compare(validUntil, now) <= 0;
}
