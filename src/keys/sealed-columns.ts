import type { Tables } from '../platform/tables.generated.ts';
import { type SealedPlace, SYSTEM } from './sealer.ts';

/** A column of sealed values, and how the place of each is told from its row. */
export interface SealedColumn {
  readonly table: keyof Tables;
  readonly column: string;
  /** The columns that name a row within its tenant, in the order of its primary key. */
  readonly key: readonly string[];
  /** Rows of the installation itself have no tenant; they are sealed under the system's key. */
  readonly owner: 'tenant' | 'system';
  /** `address in event`: the sealed bytes are a member of an event's object, as text. */
  readonly form: 'bytes' | 'address in event';
  /** The place's row, from the values of the key; of an event, from its payment. */
  readonly rowOf: (values: readonly string[]) => string;
}

const BY_ID = { owner: 'tenant', form: 'bytes', rowOf: joined } as const;
const OF_SYSTEM = { ...BY_ID, owner: 'system' } as const;

/**
 * Every column that holds sealed values. Who seals for another place is refused, so that a rotation leaves nothing behind;
 * who adds a column adds it here, and a test compares with the schema.
 */
export const SEALED_COLUMNS: readonly SealedColumn[] = [
  { ...BY_ID, table: 'provider_accounts', column: 'credentials_sealed', key: ['provider_account_id'] },
  { ...BY_ID, table: 'provider_accounts', column: 'previous_credentials_sealed', key: ['provider_account_id'] },
  { ...BY_ID, table: 'signing_secrets', column: 'secret_sealed', key: ['endpoint_id', 'mode', 'secret_id'] },
  { ...BY_ID, table: 'notification_settings', column: 'admin_email_sealed', key: ['mode', 'product_id'] },
  { ...BY_ID, table: 'partner_keys', column: 'key_sealed', key: ['partner_key_id'] },
  { ...BY_ID, table: 'partner_keys', column: 'previous_key_sealed', key: ['partner_key_id'] },
  { ...BY_ID, table: 'limit_baskets', column: 'subject_key_sealed', key: ['basket_id'] },
  { ...BY_ID, table: 'payments', column: 'customer_sealed', key: ['payment_id'] },
  { ...BY_ID, table: 'payments', column: 'shipping_address_sealed', key: ['payment_id'] },
  { ...BY_ID, table: 'invoices', column: 'customer_sealed', key: ['invoice_id'] },
  { ...BY_ID, table: 'attempts', column: 'request_sealed', key: ['attempt_id'] },
  { ...BY_ID, table: 'attempts', column: 'completion_sealed', key: ['attempt_id'] },
  { ...BY_ID, table: 'dispute_evidence', column: 'text_sealed', key: ['evidence_id'] },
  { ...BY_ID, table: 'idempotency_keys', column: 'answer_sealed', key: ['mode', 'route', 'idempotency_key'] },
  { ...BY_ID, table: 'inbound_events', column: 'request_sealed', key: ['inbound_event_id'] },
  { ...BY_ID, table: 'approvals', column: 'request_sealed', key: ['approval_id'] },
  { ...BY_ID, table: 'search_keys', column: 'key_sealed', key: ['purpose'] },
  { ...BY_ID, table: 'digest_keys', column: 'key_sealed', key: ['version'] },
  { ...BY_ID, table: 'events', column: 'object', key: ['event_id'], form: 'address in event' },
  { ...OF_SYSTEM, table: 'signing_keys', column: 'private_jwk_sealed', key: ['kid'] },
  { ...OF_SYSTEM, table: 'audit_signing_keys', column: 'private_key_sealed', key: ['key_id'] },
  { ...OF_SYSTEM, table: 'directory_keys', column: 'key_sealed', key: ['purpose'] },
  { ...OF_SYSTEM, table: 'users', column: 'email_sealed', key: ['user_id'] },
  { ...OF_SYSTEM, table: 'users', column: 'name_sealed', key: ['user_id'] },
  { ...OF_SYSTEM, table: 'users', column: 'totp_sealed', key: ['user_id'] },
  { ...OF_SYSTEM, table: 'sessions', column: 'client_sealed', key: ['session_id'] },
  // Whoever is invited is of the installation, also where a tenant invites.
  {
    ...{ ...OF_SYSTEM, table: 'invitations', column: 'email_sealed', key: ['tenant_id', 'invitation_id'] },
    rowOf: ([, invitationId = '']) => invitationId,
  },
  {
    ...{ ...OF_SYSTEM, table: 'challenges', column: 'content_sealed', key: ['challenge_hash'] },
    // PostgreSQL writes bytes with \x in front.
    rowOf: ([hash = '']) => hash.slice(2),
  },
  { ...OF_SYSTEM, table: 'proxy_storage', column: 'files_sealed', key: ['place'] },
];

function joined(values: readonly string[]): string {
  return values.join(' ');
}

const PLACES: ReadonlySet<string> = new Set(SEALED_COLUMNS.map((one) => nameOfColumn(one)));

/** Whether values of a place are found again when they have to be sealed anew. */
export function isDeclared(place: Pick<SealedPlace, 'table' | 'column'>): boolean {
  return PLACES.has(nameOfColumn(place));
}

/** The column's name beside its table's, as positions and messages tell it. */
export function nameOfColumn({ table, column }: Pick<SealedPlace, 'table' | 'column'>): string {
  return `${table}.${column}`;
}

/** The columns that hold values under a tenant's key; under the system's, also those of nobody. */
export function columnsOf(tenantId: string): readonly SealedColumn[] {
  return SEALED_COLUMNS.filter(({ owner }) => owner === 'tenant' || tenantId === SYSTEM);
}

/** Where a value stands: what an event keeps of an address is sealed as its payment's. */
export function placeOf(tenantId: string, column: SealedColumn, values: readonly string[]): SealedPlace {
  const row = column.rowOf(values);
  if (column.form === 'address in event')
    return { tenantId, table: 'payments', column: 'shipping_address_sealed', row };
  return { tenantId, table: column.table, column: column.column, row };
}
