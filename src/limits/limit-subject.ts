import { createHmac } from 'node:crypto';

/** Whom something is counted for, before it becomes a digest. */
export interface LimitSubject {
  readonly kind: 'customer_id' | 'phone' | 'email' | 'destination' | 'merchant' | 'sub_merchant' | 'group';
  readonly name: string;
}

interface Customer {
  readonly id?: string | undefined;
  readonly email?: string | undefined;
  readonly phone?: string | undefined;
}

/** The customer by the strongest name given: the tenant's own id, else the telephone number, else the e-mail address. */
export function subjectOfCustomer({ id, phone, email }: Customer): LimitSubject | null {
  if (id !== undefined) return { kind: 'customer_id', name: id.normalize('NFC') };
  if (phone !== undefined) return { kind: 'phone', name: foldPhone(phone) };
  if (email !== undefined) return { kind: 'email', name: fold(email) };
  return null;
}

/** What is bought for: a telephone number however it is written, or any other text. */
export function subjectOfDestination(destination: string): LimitSubject {
  const isPhone = /^\+?[0-9 ()./-]{4,40}$/.test(destination.trim());
  return { kind: 'destination', name: isPhone ? foldPhone(destination) : fold(destination) };
}

/** A tenant; its sub-merchants, where they are counted apart, by the names it gives them. */
export function subjectOfMerchant(tenantId: string, subMerchantName?: string | null): LimitSubject {
  if (subMerchantName === undefined || subMerchantName === null) return { kind: 'merchant', name: tenantId };
  return { kind: 'sub_merchant', name: JSON.stringify([tenantId, fold(subMerchantName)]) };
}

/** Everybody whose payments count. */
export const WHOLE_GROUP: LimitSubject = { kind: 'group', name: '' };

/**
 * What stands in the tables for a subject: HMAC-SHA256 under the basket's own key. Telephone numbers are few enough to be
 * tried out against a plain hash.
 */
export function digestSubject(key: Uint8Array, { kind, name }: LimitSubject): Buffer {
  return createHmac('sha256', key)
    .update(JSON.stringify([kind, name]))
    .digest();
}

/** `+27 82 123-4567` and `0027821234567` are one. A national number is another: nobody says which country it is of. */
function foldPhone(phone: string): string {
  return phone.replace(/\D/g, '').replace(/^00/, '');
}

function fold(text: string): string {
  return text.normalize('NFKC').trim().toLowerCase();
}
