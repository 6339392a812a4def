import type { AuditEntryAnswer } from './api.ts';
import type { AuditDetails } from './entry.ts';
import type { EntryRow } from './store.ts';

/** An entry as other programs see it. */
export function entryJson(row: EntryRow): AuditEntryAnswer {
  const details = (row.details ?? {}) as AuditDetails;
  return {
    id: row.seq.toString(),
    object: 'audit_entry',
    at: row.at.toString(),
    class: row.class as AuditEntryAnswer['class'],
    mode: row.mode as AuditEntryAnswer['mode'],
    actor: row.actor ?? '',
    address: row.address,
    correlationId: row.correlation_id,
    action: row.action ?? '',
    target: { type: row.target_type, id: row.target_id },
    outcome: row.outcome as AuditEntryAnswer['outcome'],
    made: details.made ?? null,
    tenantId: details.tenantId ?? null,
    fields: (details.fields ?? []) as AuditEntryAnswer['fields'],
    code: details.code ?? null,
    times: details.times ?? null,
    reason: details.reason ?? null,
    approvalId: details.approvalId ?? null,
    approvedBy: details.approvedBy ?? null,
    hash: row.hash.toString('hex'),
  };
}
