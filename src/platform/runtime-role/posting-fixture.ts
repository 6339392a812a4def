/** Has the statements after it in the same query, which are one transaction, be about the tenant of POSTING. */
export const POSTING_SCOPE = `select set_config('tollgate.tenants', 't', true);`;

/** A posting as the ledger writes it, of nobody's payment. */
export const POSTING = `${POSTING_SCOPE}
  insert into ledger_transfers (tenant_id, transfer_id, mode, currency, provider_account_id, kind, debit_account,
    credit_account, amount, subject_id, posting_key, created_at)
  values ('t', 'tr_1', 'test', 'EUR', 'pa', 'capture', 'provider_receivable', 'sales', 1250, 'cap_1', 'k', '2026-01-01Z')`;
