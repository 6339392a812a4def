import { type RawBuilder, sql } from 'kysely';
import type { AuditClass } from '../kernel/endpoint.ts';
import type { Queryable } from '../platform/database.ts';
import type { ChainHead } from './checkpoint.ts';
import type { FindingKind } from './finding.ts';

/** Where the walk stands: the last entry that was looked at. */
export interface WalkPlace {
  readonly tenantId: string;
  readonly seq: bigint;
  readonly hash: Buffer;
}

interface WalkedPiece {
  readonly entries: number;
  readonly last: WalkPlace | null;
  /** The first of each chain. */
  readonly found: readonly { readonly tenantId: string; readonly number: number; readonly kind: FindingKind }[];
}

/**
 * What was hashed, written out here and not asked of the functions that wrote it: who rewrites the record as its owner can
 * rewrite those as well. Nothing of it but what every PostgreSQL brings along.
 */
const netstring = (part: RawBuilder<unknown>) => sql`coalesce(octet_length(${part}) || ':' || ${part}, '-')`;
const digest = (...parts: readonly RawBuilder<unknown>[]) =>
  sql`sha256(convert_to(${sql.join(parts.map(netstring), sql` || `)}, 'UTF8'))`;
const GENESIS = digest(sql`'tollgate audit'`, sql`tenant_id`);
const CONTENT = digest(
  ...[
    'mode',
    'actor',
    'address',
    'correlation_id',
    'action',
    'target_type',
    'target_id',
    'outcome',
    'details::text',
  ].map((column) => sql.raw(column)),
);
const ENTRY = digest(
  sql`tenant_id`,
  sql`seq::text`,
  sql`(extract(epoch from at) * 1000000)::bigint::text`,
  sql`class`,
  sql`encode(content_hash, 'hex')`,
  sql`encode(before, 'hex')`,
);

/** Checks the next entries after a place, in the order of tenants and numbers, each against what stands before it. */
export async function walkPiece(
  db: Queryable,
  {
    from,
    tenantId,
    keptSince,
    limit,
  }: {
    readonly from: WalkPlace;
    /** null: all of them. */
    readonly tenantId: string | null;
    /** What is younger may not be empty. */
    readonly keptSince: Readonly<Record<AuditClass, Temporal.Instant>>;
    readonly limit: number;
  },
): Promise<WalkedPiece> {
  const { rows } = await sql<{
    entries: number;
    last_tenant: string | null;
    last_seq: bigint | null;
    last_hash: Buffer | null;
    found: readonly { tenant_id: string; number: number; kind: FindingKind }[] | null;
  }>`
    with piece as materialized (
      select * from audit_entries
      where (tenant_id, seq) > (${from.tenantId}, ${from.seq}::bigint)
        ${tenantId === null ? sql`` : sql`and tenant_id = ${tenantId}`}
      order by tenant_id, seq limit ${limit}
    ), placed as (
      select *,
        coalesce(lag(seq) over chain, case when tenant_id = ${from.tenantId} then ${from.seq}::bigint else 0 end) as seq_before,
        coalesce(lag(hash) over chain,
          case when tenant_id = ${from.tenantId} and ${from.seq}::bigint > 0 then ${from.hash}::bytea else ${GENESIS} end) as before
      from piece window chain as (partition by tenant_id order by seq)
    ), judged as (
      select tenant_id, seq,
        case
          when seq <> seq_before + 1 then 'missing'
          when action is not null and content_hash <> ${CONTENT} then 'edited'
          when hash <> ${ENTRY} then 'broken'
          when action is null and at > case class
            when 'security' then ${keptSince.security}::timestamptz when 'change' then ${keptSince.change}::timestamptz
            else ${keptSince.money}::timestamptz end then 'erased_early'
        end as kind,
        seq_before
      from placed
    ), firsts as (
      select distinct on (tenant_id) tenant_id, kind,
        (case kind when 'missing' then seq_before + 1 else seq end)::int as number
      from judged where kind is not null order by tenant_id, seq
    )
    select (select count(*)::int from piece) as entries,
      (select json_agg(f order by tenant_id) from firsts f) as found,
      l.tenant_id as last_tenant, l.seq as last_seq, l.hash as last_hash
    from (select 1) one left join lateral (
      select tenant_id, seq, hash from piece order by tenant_id desc, seq desc limit 1) l on true`.execute(db);
  const [row] = rows;
  const isOver = row === undefined || row.last_tenant === null || row.last_seq === null || row.last_hash === null;
  return {
    entries: row?.entries ?? 0,
    last: isOver
      ? null
      : { tenantId: row.last_tenant as string, seq: row.last_seq as bigint, hash: row.last_hash as Buffer },
    found: (row?.found ?? []).map(({ tenant_id, number, kind }) => ({ tenantId: tenant_id, number, kind })),
  };
}

/** Chains whose head and last entry do not agree; also those of which only one of the two is there. */
export async function selectWrongHeads(
  db: Queryable,
  tenantId: string | null,
  limit: number,
): Promise<readonly { readonly tenantId: string; readonly headEntries: number; readonly lastSeq: number }[]> {
  const of = (table: string) => (tenantId === null ? sql`true` : sql`${sql.ref(`${table}.tenant_id`)} = ${tenantId}`);
  const { rows } = await sql<{ tenant_id: string; head_entries: number; last_seq: number }>`
    with chains as (
      select h.tenant_id from audit_heads h where ${of('h')}
      union select e.tenant_id from audit_entries e where ${of('e')}
    )
    select c.tenant_id, coalesce(h.entries, 0)::int as head_entries, coalesce(e.seq, 0)::int as last_seq
    from chains c left join audit_heads h using (tenant_id)
    left join lateral (
      select seq, hash from audit_entries e where e.tenant_id = c.tenant_id order by seq desc limit 1) e on true
    where coalesce(h.entries, 0) <> coalesce(e.seq, 0) or (e.seq is not null and h.hash is distinct from e.hash)
    order by c.tenant_id limit ${limit}`.execute(db);
  return rows.map((row) => ({ tenantId: row.tenant_id, headEntries: row.head_entries, lastSeq: row.last_seq }));
}

/** Of signed heads those that the record does not have as they were signed. */
export async function selectUnlike(
  db: Queryable,
  heads: readonly ChainHead[],
): Promise<readonly { readonly tenantId: string; readonly number: number; readonly isThere: boolean }[]> {
  const { rows } = await sql<{ tenant_id: string; entries: number; is_there: boolean }>`
    select s.tenant_id, s.entries::int, e.seq is not null as is_there
    from unnest(
      ${heads.map(({ tenantId }) => tenantId)}::text[], ${heads.map(({ entries }) => entries)}::bigint[],
      ${heads.map(({ hash }) => hash)}::text[]
    ) as s (tenant_id, entries, hash)
    left join audit_entries e on e.tenant_id = s.tenant_id and e.seq = s.entries
    where e.seq is null or encode(e.hash, 'hex') <> s.hash
    order by s.tenant_id, s.entries`.execute(db);
  return rows.map((row) => ({ tenantId: row.tenant_id, number: row.entries, isThere: row.is_there }));
}
