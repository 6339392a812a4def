import * as access from '../access/api.ts';
import * as apiKeys from '../access/api-key-api.ts';
import * as account from '../access/api-me.ts';
import * as session from '../access/api-session.ts';
import * as users from '../access/api-users.ts';
import * as roles from '../access/role-api.ts';
import * as acknowledgments from '../acknowledgments/api.ts';
import * as approvals from '../approvals/api.ts';
import * as audit from '../audit/api.ts';
import * as bluebox from '../bluebox/api.ts';
import * as captures from '../captures/api.ts';
import * as changes from '../changes/api.ts';
import * as checkout from '../checkout/api.ts';
import * as preview from '../checkout/api-preview.ts';
import * as checkoutConfigurations from '../checkout-configurations/api.ts';
import * as disputes from '../disputes/api.ts';
import * as domains from '../domains/api.ts';
import * as inbound from '../inbound/api.ts';
import * as invoices from '../invoices/api.ts';
import type { Endpoint } from '../kernel/endpoint.ts';
import * as keys from '../keys/api.ts';
import * as ledger from '../ledger/api.ts';
import * as limits from '../limits/api.ts';
import * as logos from '../logos/api.ts';
import * as mail from '../mail/api.ts';
import * as deliveries from '../notifications/api-deliveries.ts';
import * as endpointVerbs from '../notifications/api-endpoint-verbs.ts';
import * as endpoints from '../notifications/api-endpoints.ts';
import * as events from '../notifications/api-events.ts';
import * as health from '../notifications/api-health.ts';
import * as listeners from '../notifications/api-listeners.ts';
import * as replays from '../notifications/api-replays.ts';
import * as notificationSettings from '../notifications/api-settings.ts';
import * as overview from '../overview/api.ts';
import * as partners from '../partners/api.ts';
import * as payments from '../payments/api.ts';
import * as periods from '../periods/api.ts';
import * as products from '../products/api.ts';
import * as providerAccounts from '../provider-accounts/api.ts';
import * as routing from '../provider-accounts/route-api.ts';
import * as qrCodes from '../qr-codes/api.ts';
import * as reconciliation from '../reconciliation/api.ts';
import * as refunds from '../refunds/api.ts';
import * as requestLog from '../request-log/api.ts';
import * as reversals from '../reversals/api.ts';
import * as search from '../search/api.ts';
import * as simulations from '../simulations/api.ts';
import * as system from '../system/api.ts';
import * as tenants from '../tenants/api.ts';
import * as testClocks from '../test-clocks/api.ts';
import * as timeline from '../timeline/api.ts';

/** Every endpoint that is declared, in the order of the reference. A test compares it with what the servers answer. */
export const ENDPOINTS: readonly Endpoint[] = [
  access,
  payments,
  timeline,
  captures,
  refunds,
  reversals,
  disputes,
  inbound,
  ledger,
  reconciliation,
  periods,
  checkout,
  bluebox,
  qrCodes,
  domains,
  endpoints,
  endpointVerbs,
  notificationSettings,
  deliveries,
  events,
  products,
  checkoutConfigurations,
  invoices,
  limits,
  health,
  mail,
  acknowledgments,
  replays,
  listeners,
  simulations,
  providerAccounts,
  routing,
  partners,
  testClocks,
  apiKeys,
  roles,
  tenants,
  keys,
  audit,
  approvals,
  logos,
  preview,
  search,
  overview,
  requestLog,
  changes,
  session,
  account,
  users,
  system,
].flatMap((declarations) => Object.values(declarations).filter(isEndpoint));

function isEndpoint(value: unknown): value is Endpoint {
  return typeof value === 'object' && value !== null && 'access' in value && 'path' in value;
}
