import type { Clock } from '../kernel/clock.ts';
import type { KeptSince } from '../notifications/event-expired.ts';
import type { ReadTenant } from '../tenants/read-tenant.ts';
import type { RetentionRule } from './retention.ts';

const HOURS_A_DAY = 24;

/**
 * Since when each tenant's events are kept, by the machine's clock, which the job that erases them goes by too: what it has
 * not come to yet is as gone as what it has.
 */
export function createKeptSince(readTenant: ReadTenant, clock: Clock, { days, daysMax }: RetentionRule): KeptSince {
  return async (tenantId) => {
    const { settings } = await readTenant(tenantId);
    const kept = Math.min(daysMax, settings.retention?.eventsDays ?? days);
    return clock.now().subtract({ hours: kept * HOURS_A_DAY });
  };
}
