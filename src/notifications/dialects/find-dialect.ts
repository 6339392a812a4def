import type { DialectId } from '../endpoint.ts';
import { bluesnapDialect } from './bluesnap.ts';
import { bluesnapReceiptDialect } from './bluesnap-receipt.ts';
import type { Dialect } from './dialect.ts';
import { encryptedDialect } from './encrypted.ts';
import { encryptedLegacyDialect } from './encrypted-legacy.ts';
import { partnerDialect } from './partner.ts';
import { standardDialect } from './standard-dialect.ts';

const DIALECTS: Readonly<Record<DialectId, Dialect>> = {
  standard: standardDialect,
  bluesnap: bluesnapDialect,
  'bluesnap-receipt': bluesnapReceiptDialect,
  encrypted: encryptedDialect,
  'encrypted-legacy': encryptedLegacyDialect,
  partner: partnerDialect,
};

/** The dialect of this name. */
export function findDialect(id: DialectId): Dialect {
  return DIALECTS[id];
}
