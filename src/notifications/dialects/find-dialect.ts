import type { DialectId } from '../endpoint.ts';
import type { Dialect } from './dialect.ts';
import { partnerDialect } from './partner.ts';
import { standardDialect } from './standard-dialect.ts';

const DIALECTS: Readonly<Record<DialectId, Dialect>> = { standard: standardDialect, partner: partnerDialect };

/** The dialect of this name. */
export function findDialect(id: DialectId): Dialect {
  return DIALECTS[id];
}
