/** A posting as the ledger writes it, of nobody's payment. */
export const POSTING = `
  insert into ledger_transfers (tenant_id, transfer_id, mode, currency, provider_account_id, kind, debit_account,
    credit_account, amount, subject_id, posting_key, created_at)
  values ('t', 'tr_1', 'test', 'EUR', 'pa', 'capture', 'provider_receivable', 'sales', 1250, 'cap_1', 'k', '2026-01-01Z')`;
