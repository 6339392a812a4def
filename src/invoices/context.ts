import type { Clock } from '../kernel/clock.ts';
import type { Sealer } from '../keys/sealer.ts';
import type { Database } from '../platform/database.ts';
import type { TenantClocks } from '../test-clocks/tenant-clock.ts';

/** What the verbs of invoices work with. */
export interface InvoiceContext {
  readonly database: Database;
  readonly sealer: Sealer;
  /** The machine's time; what documents are dated by is that of `tenantClocks`. */
  readonly clock: Clock;
  readonly tenantClocks: TenantClocks;
  /** Of an invoice that names no currency. */
  readonly readTenant: (tenantId: string) => Promise<{ readonly currency: string }>;
}
