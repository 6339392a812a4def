import type { Clock } from '../kernel/clock.ts';
import type { Database } from '../platform/database.ts';
import type { Logger } from '../platform/log.ts';

/** What recording works with. */
export interface AuditContext {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Logger;
}
