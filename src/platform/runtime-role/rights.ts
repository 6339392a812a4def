import type { Tables } from '../tables.generated.ts';

type Right = 'select' | 'insert' | 'update' | 'delete';

const READ: readonly Right[] = ['select'];
/** Rows stay as they were written. */
const APPEND: readonly Right[] = ['select', 'insert'];
/** Rows change and stay. */
const KEEP: readonly Right[] = ['select', 'insert', 'update'];
/** Rows go when their work is done. */
const CONSUME: readonly Right[] = ['select', 'insert', 'delete'];
/** Rows change, and go: sums that are too old to count, what is deleted by request. */
const SUM: readonly Right[] = ['select', 'insert', 'update', 'delete'];

/**
 * What the running gateway may do with each table: what its statements do and nothing else. Whoever speaks with its
 * rights, be it through a hole in our code, can then neither rewrite what happened nor remove a guard. A table without
 * an entry does not compile, and one whose statements need more is refused by the database in the first flow test.
 */
export const TABLE_RIGHTS: Readonly<Record<keyof Tables | 'migrations', readonly Right[]>> = {
  ack_deadline_steps: APPEND,
  ack_deadlines: KEEP,
  ack_fuses: KEEP,
  ack_switches: KEEP,
  api_keys: KEEP,
  // Sums of hours that are over; what comes late is added.
  activity_hours: KEEP,
  activity_positions: KEEP,
  app_secrets: KEEP,
  approvals: KEEP,
  attempts: KEEP,
  // Which entries of a chain were signed is counted on; what was signed, and by which key, stays.
  audit_checkpointed: KEEP,
  audit_checkpoints: APPEND,
  // Both written by append_audit_entry, with the owner's rights.
  audit_entries: READ,
  audit_heads: READ,
  // Their private halves are sealed anew when data keys change.
  audit_signing_keys: KEEP,
  captures: KEEP,
  // An answer takes its challenge away.
  challenges: SUM,
  checkout_tokens: KEEP,
  checkouts: KEEP,
  // Wrapped anew, retired, destroyed; the row stays and says so.
  data_keys: KEEP,
  deliveries: KEEP,
  delivery_attempts: APPEND,
  digest_keys: KEEP,
  // Digests cannot be made anew.
  directory_keys: KEEP,
  dispute_evidence: KEEP,
  disputes: KEEP,
  domains: KEEP,
  endpoint_health: KEEP,
  endpoint_health_hours: SUM,
  events: APPEND,
  idempotency_keys: KEEP,
  inbound_events: KEEP,
  inbound_nonces: CONSUME,
  installation_epochs: KEEP,
  invitations: KEEP,
  // The counters only go up, and what was issued stays: triggers say so.
  invoice_counters: KEEP,
  invoice_lines: CONSUME,
  invoice_payments: CONSUME,
  invoice_tax_groups: CONSUME,
  invoices: SUM,
  invoicing_settings: KEEP,
  lanes: KEEP,
  // Written by the trigger of ledger_transfers, with the owner's rights.
  ledger_balances: READ,
  ledger_transfers: APPEND,
  limit_baskets: KEEP,
  limit_counters: KEEP,
  limit_holds: KEEP,
  line_matches: KEEP,
  listened_events: CONSUME,
  // An image is replaced by another, never rewritten.
  logos: CONSUME,
  // Gone when its program says so, or long after it was last heard of.
  listeners: ['select', 'insert', 'update', 'delete'],
  mails: KEEP,
  memberships: KEEP,
  // Says which schema this is.
  migrations: READ,
  notification_settings: KEEP,
  operator_keys: KEEP,
  oidc_identities: APPEND,
  outbox: CONSUME,
  partner_keys: KEEP,
  partner_merchant_codes: APPEND,
  partner_orders: APPEND,
  passkeys: SUM,
  payments: KEEP,
  provider_account_circuits: KEEP,
  payouts: KEEP,
  // Opened again, a closing says by whom; what a month added up to stays.
  period_closings: KEEP,
  period_totals: APPEND,
  // Each says that it lives; those that ended long ago go.
  processes: SUM,
  products: KEEP,
  provider_account_tenants: APPEND,
  provider_accounts: KEEP,
  provider_calls: APPEND,
  provider_facts: APPEND,
  provider_questions: KEEP,
  qr_code_tokens: APPEND,
  qr_code_uses: KEEP,
  qr_codes: KEEP,
  // A renewed certificate takes the place of the one before; ended ones go.
  proxy_storage: SUM,
  reconciliation_accounts: KEEP,
  reconciliation_exceptions: KEEP,
  reconciliation_reports: KEEP,
  // A new set takes the place of the one before.
  recovery_codes: SUM,
  refunds: KEEP,
  replays: KEEP,
  request_log: APPEND,
  reversals: KEEP,
  // Gone when nothing is under an older key any more.
  reseals: SUM,
  retention_positions: KEEP,
  search_keys: KEEP,
  // Gone long after their end.
  sessions: SUM,
  settlements: KEEP,
  setup_links: KEEP,
  sign_in_tries: SUM,
  signals: APPEND,
  // Retired, and gone when no token names them any more.
  signing_keys: SUM,
  // A rotation says when the one before ends.
  signing_secrets: KEEP,
  simulation_budgets: KEEP,
  statement_lines: APPEND,
  statements: KEEP,
  tenant_roles: SUM,
  tenants: KEEP,
  verified_domains: CONSUME,
  test_clocks: KEEP,
  users: KEEP,
  webhook_endpoints: KEEP,
};

/**
 * Functions that the running gateway may call, with their arguments' types. A function that only triggers use is not
 * among them: a role that may execute one can hang it on a table of its own, and post_to_balances would then write any
 * balance with the owner's rights.
 */
export const ROUTINE_RIGHTS: readonly string[] = [
  // The only way into the record: numbers and hashes are its own.
  'append_audit_entry(text, timestamp with time zone, text, json)',
  'audit_days(text)',
  'audit_netstring(text)',
  // By the triggers that guard the amounts, which run with the rights of whoever writes.
  'check_payment_amounts(text[], text[])',
  // By the worker that keeps the partitions; they change tables with the owner's rights, and refuse what is young.
  'detach_partitions(text, date)',
  'drop_detached()',
  // Refuses what is young, like those of the partitions.
  'erase_audit_entries(integer)',
  'erase_contents(text, text, text, text, integer)',
  'holds_work(text, date)',
  'id_floor(text, timestamp with time zone)',
  'partitioned_tables()',
  // By the worker that seals anew: it changes nothing in events but the sealed bytes of addresses.
  'reseal_event_addresses(text, text[], text[], text[])',
  // By the policies of tables, in statements of whoever runs them.
  'scope_reads_all()',
  'scope_runs_as_owner()',
  'scope_work()',
  'scope_writes_all(text)',
  'split_partition(text, date)',
];
