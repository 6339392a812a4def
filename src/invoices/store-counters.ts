import { sql } from 'kysely';
import { present } from '../kernel/assert.ts';
import type { Queryable } from '../platform/database.ts';
import type { InvoiceKind } from './invoicing-settings.ts';
import type { Owner } from './store-settings.ts';

export interface CounterPlace extends Owner {
  readonly kind: InvoiceKind;
  readonly series: string;
  readonly fiscalYear: number;
}

export interface TakenNumber {
  readonly sequence: number;
  /** Not before that of the number before, whatever the clocks of other processes said. */
  readonly issuedAt: Temporal.Instant;
  readonly issueDate: string;
}

/**
 * Takes the next number of a series in the caller's transaction, which others who want one wait for: where it does not
 * come to its end the number was never taken.
 */
export async function takeNumber(
  tx: Queryable,
  { tenantId, mode, kind, series, fiscalYear }: CounterPlace,
  now: { readonly issuedAt: Temporal.Instant; readonly issueDate: string },
): Promise<TakenNumber> {
  const { rows } = await sql<{ sequence: number; issuedAt: Temporal.Instant; issueDate: string }>`
    insert into invoice_counters as c
      (tenant_id, mode, kind, series, fiscal_year, last_sequence, last_issued_at, last_issue_date)
    values (${tenantId}, ${mode}, ${kind}, ${series}, ${fiscalYear}, 1, ${now.issuedAt}, ${now.issueDate})
    on conflict on constraint invoice_counters_pkey do update set
      last_sequence = c.last_sequence + 1,
      last_issued_at = greatest(c.last_issued_at, excluded.last_issued_at),
      last_issue_date = greatest(c.last_issue_date, excluded.last_issue_date)
    returning last_sequence as sequence, last_issued_at as "issuedAt", last_issue_date as "issueDate"`.execute(tx);
  return present(rows[0], 'the number');
}
