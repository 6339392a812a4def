import { sql } from 'kysely';
import type { Clock } from '../src/kernel/clock.ts';
import { PLAIN_SETTINGS, type WebhookEndpoint } from '../src/notifications/endpoint.ts';
import type { Queryable } from '../src/platform/database.ts';
import { recordset, type WholeRow } from '../src/platform/recordset.ts';
import { tenantSettings } from '../src/tenants/settings.ts';

/** Tenants without credentials, for work that goes past the API. */
export async function insertBenchTenants(db: Queryable, clock: Clock, tenantIds: readonly string[]): Promise<void> {
  const now = clock.now();
  const rows = tenantIds.map(
    (tenantId): WholeRow<'tenants'> => ({
      tenant_id: tenantId,
      parent_tenant_id: null,
      name: 'Bench',
      app_name: `bench-${ownerIn(tenantId)}`,
      currency: 'EUR',
      status: 'active',
      may_have_children: false,
      settings: tenantSettings.parse({}),
      settings_version: 1,
      logo: null,
      created_at: now,
      updated_at: now,
    }),
  );
  await sql`insert into tenants select r.* from ${recordset('tenants', rows)} r`.execute(db);
}

/** An endpoint that wants every event of its tenant's test mode. */
export function benchEndpoint(tenantId: string, now: Temporal.Instant): WebhookEndpoint {
  return {
    tenantId,
    endpointId: idOfTenant('we', tenantId),
    mode: 'test',
    url: 'https://shop.example/hooks',
    eventTypes: ['*'],
    dialect: 'standard',
    merchantCode: null,
    ...PLAIN_SETTINGS,
    status: 'active',
    description: null,
    createdAt: now,
    updatedAt: now,
  };
}

/** The id of something that a tenant has one of: it ends as the tenant's own. */
export function idOfTenant(prefix: 'pa' | 'we', tenantId: string): string {
  return `${prefix}_${ownerIn(tenantId)}`;
}

/** The 26 characters that are the tenant's. */
export function ownerIn(tenantId: string): string {
  return tenantId.slice('ten_'.length);
}
