import type { WholeRow } from '../platform/recordset.ts';
import type { Circuit } from './circuit.ts';

type Columns = Omit<WholeRow<'provider_account_circuits'>, 'tenant_id' | 'provider_account_id' | 'updated_at'>;

/** A circuit as its row has it, for whoever reads it together with its account. */
export function circuitFromRow(row: Columns): Circuit {
  return {
    state: row.state as Circuit['state'],
    since: row.since,
    failures: row.failures,
    failingSince: row.failing_since,
    openings: row.openings,
    retryAt: row.retry_at,
    probeUntil: row.probe_until,
  };
}
