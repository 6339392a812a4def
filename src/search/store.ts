import { type RawBuilder, sql } from 'kysely';
import type { Queryable } from '../platform/database.ts';
import type { HitType, Match, SearchedPrefix, TextRange } from './hit.ts';

/** A row that was found, as far as a list of hits shows it. */
export interface HitRow {
  readonly type: HitType;
  readonly id: string;
  readonly title: string | null;
  readonly amount: bigint | null;
  readonly currency: string | null;
  readonly state: string | null;
  readonly at: Temporal.Instant;
  readonly matched: Match;
  readonly tenant_id: string;
  readonly mode: 'live' | 'test' | null;
}

/** Whose rows are searched: one tenant's of one mode, or everybody's, tenant by tenant, since all indexes begin with it. */
export type Searched = { readonly tenantId: string; readonly mode: string } | 'everybody';

export const HITS_MAX = 20;

/** A statement for one kind of row, of the tenant and mode `o` that it is joined to. */
type Part = RawBuilder<unknown>;

/** Runs all parts as one statement; each brings as many as are shown, the newest, so that no kind hides another. */
export async function selectHits(
  db: Queryable,
  searched: Searched,
  parts: readonly Part[],
): Promise<readonly HitRow[]> {
  if (parts.length === 0) return [];
  const owners =
    searched === 'everybody'
      ? sql`select t.tenant_id, m.mode from tenants t cross join (values ('live'), ('test')) m (mode)`
      : sql`select ${searched.tenantId}::text as tenant_id, ${searched.mode}::text as mode`;
  const { rows } = await sql<HitRow>`
    with owners as materialized (${owners})
    ${sql.join(
      parts.map(
        (part) => sql`(
        select h.*, o.tenant_id, o.mode from owners o cross join lateral (${part} limit ${HITS_MAX}) h
        order by h.at desc limit ${HITS_MAX})`,
      ),
      sql` union all `,
    )}`.execute(db);
  return rows;
}

/** What a table's row shows; every part has these columns in this order. */
function shown(
  type: HitType,
  matched: Match,
  columns: Partial<Record<'id' | 'title' | 'amount' | 'state' | 'at', string>>,
) {
  const { id = '', title, amount, state, at = 'r.created_at' } = columns;
  const money =
    amount === undefined
      ? sql`null::bigint as amount, null::text as currency`
      : sql`${sql.raw(amount)} as amount, r.currency`;
  return sql`${sql.lit(type)}::text as type, ${sql.raw(id)} as id,
    ${title === undefined ? sql`null::text` : sql`${sql.raw(title)}::text`} as title, ${money},
    ${state === undefined ? sql`null::text` : sql`${sql.raw(state)}::text`} as state, ${sql.raw(at)} as at,
    ${sql.lit(matched)}::text as matched`;
}

const OWN = sql`r.tenant_id = o.tenant_id and r.mode = o.mode`;

const PAYMENT = { id: 'r.payment_id', title: 'r.reference', amount: 'r.amount', state: 'r.status' } as const;

/** What each kind of id finds. */
const ID_PARTS: Readonly<Record<Exclude<SearchedPrefix, 'ten'>, (id: string) => Part>> = {
  pay: (id) => sql`select ${shown('payment', 'id', PAYMENT)} from payments r where ${OWN} and r.payment_id = ${id}`,
  att: (id) => sql`select ${shown('payment', 'attemptId', PAYMENT)} from attempts a
    join payments r on r.tenant_id = a.tenant_id and r.payment_id = a.payment_id
    where a.tenant_id = o.tenant_id and a.attempt_id = ${id} and ${OWN}`,
  cap: (id) => operation('captures', 'capture', 'capture_id', id),
  re: (id) => operation('refunds', 'refund', 'refund_id', id),
  rev: (id) => operation('reversals', 'reversal', 'reversal_id', id),
  dp: (id) => operation('disputes', 'dispute', 'dispute_id', id),
  evt: (id) => named('events', 'event', 'event_id', id, { title: 'r.type' }),
  whd: (id) => named('deliveries', 'delivery', 'delivery_id', id, { title: 'r.event_type', state: 'r.status' }),
  // Their mode is the account's.
  in: (
    id,
  ) => sql`select ${shown('inbound_event', 'id', { id: 'r.inbound_event_id', title: 'r.provider', state: 'coalesce(r.state, r.verdict)', at: 'r.received_at' })}
    from inbound_events r
    join provider_accounts a on a.tenant_id = r.tenant_id and a.provider_account_id = r.provider_account_id
    where r.tenant_id = o.tenant_id and r.inbound_event_id = ${id} and a.mode = o.mode`,
  we: (id) => sql`select ${shown('webhook_endpoint', 'id', ENDPOINT)} from webhook_endpoints r
    where ${OWN} and r.endpoint_id = ${id} and r.status <> 'deleted'`,
  prd: (id) => named('products', 'product', 'product_id', id, { title: 'r.name', state: 'r.status' }),
  chk: (id) => named('checkouts', 'checkout', 'checkout_id', id, { title: 'r.name', state: 'r.status' }),
  qr: (id) =>
    named('qr_codes', 'qr_code', 'qr_code_id', id, { title: 'r.reference', amount: 'r.amount', state: 'r.kind' }),
  pa: (id) =>
    named('provider_accounts', 'provider_account', 'provider_account_id', id, { title: 'r.name', state: 'r.status' }),
  st: (id) => named('statements', 'statement', 'statement_id', id, { title: 'r.name', state: 'r.status' }),
  po: (id) =>
    named('payouts', 'payout', 'payout_id', id, { title: 'r.payout_ref', amount: 'r.amount', state: 'r.status' }),
  rx: (id) =>
    named('reconciliation_exceptions', 'reconciliation_exception', 'exception_id', id, {
      title: 'r.kind',
      amount: 'r.difference',
      state: 'r.state',
    }),
};

const ENDPOINT = { id: 'r.endpoint_id', title: 'r.url', state: 'r.status' } as const;

/** What has this id. */
export function byId(prefix: Exclude<SearchedPrefix, 'ten'>, id: string): Part {
  return ID_PARTS[prefix](id);
}

function named(table: string, type: HitType, key: string, id: string, columns: Parameters<typeof shown>[2]): Part {
  return sql`select ${shown(type, 'id', { id: `r.${key}`, ...columns })} from ${sql.table(table)} r
    where ${OWN} and ${sql.ref(`r.${key}`)} = ${id}`;
}

function operation(table: string, type: HitType, key: string, id: string): Part {
  return named(table, type, key, id, { title: 'r.provider_ref', amount: 'r.amount', state: 'r.status' });
}

/** Payments by the digest of the customer's address. */
export function byEmail(digest: bigint): Part {
  return sql`select ${shown('payment', 'email', PAYMENT)} from payments r
    where ${OWN} and r.email_digest = ${String(digest)}::bigint and r.email_digest <> 0 order by r.payment_id desc`;
}

/** Payments by their reference, or its beginning. */
export function paymentsByReference({ from, before }: TextRange): Part {
  return sql`select ${shown('payment', 'reference', PAYMENT)} from payments r
    where ${OWN} and r.reference >= ${from} and r.reference < ${before} order by r.reference`;
}

/** Payments by the order that they are of, or its beginning. */
export function paymentsByOrder({ from, before }: TextRange): Part {
  return sql`select ${shown('payment', 'orderId', PAYMENT)} from payments r
    where ${OWN} and r.order_id >= ${from} and r.order_id < ${before} order by r.order_id`;
}

/** Payments by what a provider calls their attempt, account by account, since two providers may use one name. */
export function paymentsByProviderReference(text: string): Part {
  return sql`select ${shown('payment', 'providerReference', PAYMENT)} from provider_accounts x
    join attempts a on a.tenant_id = x.tenant_id and a.provider_account_id = x.provider_account_id
    join payments r on r.tenant_id = a.tenant_id and r.payment_id = a.payment_id
    where x.tenant_id = o.tenant_id and x.mode = o.mode and a.provider_ref = ${text}`;
}

/** Captures, refunds, reversals or disputes by what the provider calls them. */
export function operationsByProviderReference(type: 'capture' | 'refund' | 'reversal' | 'dispute', text: string): Part {
  const columns = { id: `r.${type}_id`, title: 'r.provider_ref', amount: 'r.amount', state: 'r.status' };
  return sql`select ${shown(type, 'providerReference', columns)} from provider_accounts x
    join ${sql.table(`${type}s`)} r on r.tenant_id = x.tenant_id and r.provider_account_id = x.provider_account_id
    where x.tenant_id = o.tenant_id and x.mode = o.mode and r.provider_ref = ${text}`;
}

const REFERRED = {
  refund: { table: 'refunds', title: 'r.reference', amount: 'r.amount', state: 'r.status' },
  product: { table: 'products', title: 'r.name', state: 'r.status' },
  checkout: { table: 'checkouts', title: 'r.name', state: 'r.status' },
  qr_code: { table: 'qr_codes', title: 'r.reference', amount: 'r.amount', state: 'r.kind' },
} as const;

/** What else has references of the tenant's own, by one or by its beginning. */
export function othersByReference(type: keyof typeof REFERRED, { from, before }: TextRange): Part {
  const { table, ...columns } = REFERRED[type];
  return sql`select ${shown(type, 'reference', { id: `r.${type}_id`, ...columns })} from ${sql.table(table)} r
    where ${OWN} and r.reference >= ${from} and r.reference < ${before} order by r.reference`;
}

/** Endpoints by a part of their address; a tenant has a few dozen. */
export function endpointsByAddress(text: string): Part {
  return sql`select ${shown('webhook_endpoint', 'url', ENDPOINT)} from webhook_endpoints r
    where ${OWN} and r.status <> 'deleted' and position(lower(${text}) in lower(r.url)) > 0`;
}

/** Tenants by id, by app name, or by a part of either name. */
export async function selectTenantHits(db: Queryable, text: string): Promise<readonly HitRow[]> {
  const { rows } = await sql<HitRow>`
    select 'tenant'::text as type, tenant_id as id, name as title, null::bigint as amount, null::text as currency,
      status as state, created_at as at, tenant_id, null::text as mode,
      case when tenant_id = ${text} then 'id' when app_name like '%' || lower(${likeText(text)}) || '%' then 'appName' else 'name' end as matched
    from tenants
    where tenant_id = ${text} or app_name like '%' || lower(${likeText(text)}) || '%' or name ilike '%' || ${likeText(text)} || '%'
    order by app_name = lower(${text}) desc, tenant_id desc limit ${HITS_MAX}`.execute(db);
  return rows;
}

function likeText(text: string): string {
  return text.replace(/[\\%_]/g, (character) => `\\${character}`);
}
