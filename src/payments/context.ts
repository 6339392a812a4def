import type { RelayInbox } from '../events/relay-inbox.ts';
import type { Mode } from '../kernel/caller.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Sealer } from '../keys/sealer.ts';
import type { LimitKeeper } from '../limits/keep-limits.ts';
import type { Database } from '../platform/database.ts';
import type { TargetPolicy } from '../platform/outbound-address.ts';
import type { CheckProduct } from '../products/find-product.ts';
import type { CallRecorder } from '../provider-accounts/record-calls.ts';
import type { ProviderRegistry } from '../providers/registry.ts';
import type { CircuitKeeper } from '../routing/keep-circuits.ts';
import type { ReadTenant } from '../tenants/read-tenant.ts';
import type { TenantClocks } from '../test-clocks/tenant-clock.ts';
import type { Admission } from './admission.ts';
import type { ApplySignal } from './apply-signal.ts';
import type { EmailDigester } from './email-digest.ts';

/** What the verbs of payments and refunds work with. */
export interface PaymentContext {
  readonly database: Database;
  readonly sealer: Sealer;
  /** By which payments are found by customers' e-mail addresses. */
  readonly emailDigests: EmailDigester;
  /** The machine's time; a tenant's own is that of `tenantClocks`. */
  readonly clock: Clock;
  /** Business time, which a tenant may hold and move in test mode. */
  readonly tenantClocks: TenantClocks;
  readonly registry: ProviderRegistry;
  readonly callRecorder: CallRecorder;
  /** How provider accounts have lately answered. */
  readonly circuits: CircuitKeeper;
  readonly readTenant: ReadTenant;
  readonly checkProduct: CheckProduct;
  /** Whether payments are taken and paid just now. */
  readonly admission: Admission;
  /** What may be sold to whom in a day and in a month. */
  readonly limits: LimitKeeper;
  /** The one way to change a payment; hands over to the relay by itself. */
  readonly applySignal: ApplySignal;
  /** Where the hosted page is, without a trailing slash. */
  readonly checkoutUrl: string;
  /** The same for the payments of a tenant and mode, which may have a host of their own. */
  readonly checkoutUrlOf: (owner: { readonly tenantId: string; readonly mode: Mode }) => Promise<string>;
  /** Where providers send their notifications, without a trailing slash. */
  readonly hooksUrl: string;
  /** Which addresses tenants of a mode may have us call. */
  readonly targetPolicy: (mode: Mode) => TargetPolicy;
  /** Called after a commit with the rows it left for the relay. */
  readonly handOver: RelayInbox['handOver'];
}
