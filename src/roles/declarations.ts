import * as access from '../access/api.ts';
import * as checkout from '../checkout/api.ts';
import type { Endpoint } from '../kernel/endpoint.ts';
import * as notifications from '../notifications/api.ts';
import * as payments from '../payments/api.ts';
import * as refunds from '../refunds/api.ts';
import * as tenants from '../tenants/api.ts';

/** Every endpoint that is declared, in the order of the reference. A test compares it with what the servers answer. */
export const ENDPOINTS: readonly Endpoint[] = [access, payments, refunds, checkout, notifications, tenants].flatMap(
  (declarations) => Object.values(declarations).filter(isEndpoint),
);

function isEndpoint(value: unknown): value is Endpoint {
  return typeof value === 'object' && value !== null && 'access' in value && 'path' in value;
}
