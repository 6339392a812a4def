import { sql } from 'kysely';
import type { Queryable } from '../platform/database.ts';
import type { ChainHead } from './checkpoint.ts';

/** Any number does that nobody else uses. */
const ADVISORY_LOCK = 7_705_301_471;

/** Takes the right to sign for as long as the transaction lasts; false where another process has it. */
export async function tryToSign(tx: Queryable): Promise<boolean> {
  const { rows } = await sql<{ mine: boolean }>`select pg_try_advisory_xact_lock(${ADVISORY_LOCK}) as mine`.execute(tx);
  return rows[0]?.mine === true;
}

/** Chains that have grown since they were signed, and by how much altogether. */
export async function selectGrowth(db: Queryable): Promise<{ readonly chains: number; readonly entries: number }> {
  const { rows } = await sql<{ chains: number; entries: number }>`
    select count(*)::int as chains, coalesce(sum(h.entries - coalesce(c.entries, 0)), 0)::int as entries
    from audit_heads h left join audit_checkpointed c using (tenant_id)
    where h.entries > coalesce(c.entries, 0)`.execute(db);
  return rows[0] ?? { chains: 0, entries: 0 };
}

export async function selectGrownChains(tx: Queryable, limit: number): Promise<readonly ChainHead[]> {
  const { rows } = await sql<{ tenant_id: string; entries: bigint; hash: string }>`
    select h.tenant_id, h.entries, encode(h.hash, 'hex') as hash
    from audit_heads h left join audit_checkpointed c using (tenant_id)
    where h.entries > coalesce(c.entries, 0) order by h.tenant_id limit ${limit}`.execute(tx);
  return rows.map((row) => ({ tenantId: row.tenant_id, entries: Number(row.entries), hash: row.hash }));
}

/** How many entries a chain has, and how many of them are signed. */
export async function selectChainState(
  db: Queryable,
  tenantId: string,
): Promise<{ readonly entries: number; readonly signed: number }> {
  const { rows } = await sql<{ entries: number; signed: number }>`
    select coalesce((select entries from audit_heads where tenant_id = ${tenantId}), 0)::int as entries,
      coalesce((select entries from audit_checkpointed where tenant_id = ${tenantId}), 0)::int as signed`.execute(db);
  return rows[0] ?? { entries: 0, signed: 0 };
}

export interface StoredCheckpoint {
  readonly number: number;
  readonly at: Temporal.Instant;
  readonly line: string;
}

export async function selectLastCheckpoint(db: Queryable): Promise<StoredCheckpoint | null> {
  const row = await db
    .selectFrom('audit_checkpoints')
    .selectAll()
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? null : { ...row, number: Number(row.number) };
}

/** The next checkpoints after a number, in their order. */
export async function selectCheckpointsAfter(
  db: Queryable,
  number: number,
  limit: number,
): Promise<readonly StoredCheckpoint[]> {
  const rows = await db
    .selectFrom('audit_checkpoints')
    .selectAll()
    .where('number', '>', BigInt(number))
    .orderBy('number')
    .limit(limit)
    .execute();
  return rows.map((row) => ({ ...row, number: Number(row.number) }));
}

export async function selectCheckpointLine(db: Queryable, number: number): Promise<string | null> {
  const row = await db
    .selectFrom('audit_checkpoints')
    .select('line')
    .where('number', '=', BigInt(number))
    .executeTakeFirst();
  return row?.line ?? null;
}

/** Keeps a checkpoint and that its chains were signed so far. */
export async function insertCheckpoint(
  tx: Queryable,
  { number, at, line }: StoredCheckpoint,
  chains: readonly ChainHead[],
): Promise<void> {
  await sql`insert into audit_checkpoints values (${number}::bigint, ${at}::timestamptz, ${line})`.execute(tx);
  await sql`
    insert into audit_checkpointed
    select * from unnest(${chains.map(({ tenantId }) => tenantId)}::text[], ${chains.map(({ entries }) => entries)}::bigint[])
    on conflict (tenant_id) do update set entries = excluded.entries`.execute(tx);
}

export interface StoredKey {
  readonly keyId: string;
  /** DER (SubjectPublicKeyInfo) in base64. */
  readonly publicKey: string;
  readonly privateKeySealed: Uint8Array;
  readonly createdAt: Temporal.Instant;
}

/** Newest first. */
export async function selectKeys(db: Queryable): Promise<readonly StoredKey[]> {
  const rows = await db
    .selectFrom('audit_signing_keys')
    .selectAll()
    .orderBy('created_at', 'desc')
    .orderBy('key_id')
    .execute();
  return rows.map((row) => ({
    keyId: row.key_id,
    publicKey: row.public_key,
    privateKeySealed: row.private_key_sealed,
    createdAt: row.created_at,
  }));
}

export async function insertKey(
  tx: Queryable,
  { keyId, publicKey, privateKeySealed, createdAt }: StoredKey,
): Promise<void> {
  await tx
    .insertInto('audit_signing_keys')
    .values({ key_id: keyId, public_key: publicKey, private_key_sealed: privateKeySealed, created_at: createdAt })
    .execute();
}
