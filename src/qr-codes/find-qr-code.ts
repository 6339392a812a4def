import { Problem } from '../kernel/problem.ts';
import type { Queryable } from '../platform/database.ts';
import { admitTenant, forInstallation } from '../platform/tenant-scope.ts';
import type { QrCode } from './qr-code.ts';
import { lockQrCode, type Owner, selectQrCode, selectQrCodeByToken } from './store.ts';

/** A tenant's code. Another tenant's, and one of the other mode, look like one that does not exist. @throws Problem not_found */
export async function findQrCode(db: Queryable, owner: Owner, qrCodeId: string): Promise<QrCode> {
  return found(await selectQrCode(db, owner, qrCodeId));
}

/** The same, locked until the transaction ends. @throws Problem not_found */
export async function findQrCodeLocked(tx: Queryable, owner: Owner, qrCodeId: string): Promise<QrCode> {
  return found(await lockQrCode(tx, owner, qrCodeId));
}

/** 128 random bits as base64url; what has another shape is not even looked up. */
const TOKEN = /^[A-Za-z0-9_-]{22}$/;

/** The code that a scanned address names; null where it names none. */
export async function findScannedCode(db: Queryable, token: string): Promise<QrCode | null> {
  const code = TOKEN.test(token) ? await forInstallation('directory', () => selectQrCodeByToken(db, token)) : null;
  if (code !== null) admitTenant(code.tenantId);
  return code;
}

function found(code: QrCode | null): QrCode {
  if (code === null) throw new Problem('not_found', 'There is no such QR code.');
  return code;
}
