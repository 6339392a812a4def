/**
 * What the audit record costs: entries appended to one chain and to many, each by a transaction of its own, and the walk
 * that proves them. Usage: npm run bench audit -- --entries 1000000
 */
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import type { NewEntry } from '../src/audit/entry.ts';
import { appendEntry } from '../src/audit/store.ts';
import { verifyAudit } from '../src/audit/verify-audit.ts';
import { systemClock } from '../src/kernel/clock.ts';
import { type Database, KEYED_PLANS, openDatabase } from '../src/platform/database.ts';
import { reportFailure } from './compare.ts';
import { openBenchServer } from './database-server.ts';
import { BenchRefused, whole } from './options.ts';
import { cpuSeconds, machineCpuSeconds, peakMemoryMib, serverCpuSeconds } from './process-cost.ts';

const APPENDED = 4_000;
const WRITERS = 16;
const CHAINS = 1_000;
const ENTRIES_MAX = 10_000_000;
/** One transaction that moves the same heads too often has to walk over all that it left of them. */
const FILLED_AT_ONCE = 2_000;

/** Measures, and prints what was seen. */
export function benchAudit(flags: readonly string[]): Promise<void> {
  return reportFailure(async () => {
    const verified = readEntries(flags);
    const server = await openBenchServer(process.env.DATABASE_URL);
    try {
      const { url, pool } = await server.createDatabase('audit');
      const database = openDatabase({ url, connectionsMax: WRITERS, applicationName: 'bench', settings: KEYED_PLANS });
      console.log(`PostgreSQL ${server.version}, ${WRITERS} writers`);
      console.log(`one chain       ${await append(database, 1)} entries/s`);
      console.log(`${CHAINS} chains     ${await append(database, CHAINS)} entries/s`);
      for (let from = 1; from <= verified; from += FILLED_AT_ONCE) {
        await pool.query(
          `select append_audit_entry('ten_' || n % $2::int, '2026-01-01Z'::timestamptz + n * interval '1 s', 'change',
           json_build_object('mode', 'test', 'actor', 'key:key_' || n, 'address', '192.0.2.7', 'action', 'updateProduct',
             'targetType', 'product', 'targetId', 'prd_' || n, 'outcome', 'done',
             'details', json_build_object('fields', json_build_array(json_build_object('field', 'name', 'after', n::text)))))
         from generate_series($1::int, $3::int) n`,
          [from, CHAINS, Math.min(verified, from + FILLED_AT_ONCE - 1)],
        );
      }
      await server.analyze();
      await prove(database, server.postmaster);
      await database.close();
    } finally {
      await server.close();
    }
  });
}

function readEntries(flags: readonly string[]): number {
  try {
    const { values } = parseArgs({ args: [...flags], options: { entries: { type: 'string', default: '100000' } } });
    return whole('entries', values.entries, 1, ENTRIES_MAX);
  } catch (error) {
    throw new BenchRefused((error as Error).message);
  }
}

/** Walks all chains as `tollgate audit verify` does, and says what that took of whom. */
async function prove(database: Database, postmaster: number | null): Promise<void> {
  const spent = () => ({
    own: cpuSeconds(process.pid) ?? Number.NaN,
    server: (postmaster === null ? null : serverCpuSeconds(postmaster)) ?? Number.NaN,
    machine: machineCpuSeconds() ?? Number.NaN,
  });
  const before = spent();
  const begun = performance.now();
  const options = { tenantId: null, checkpoints: null, keys: new Map(), now: systemClock.now() };
  const { entries, findings } = await verifyAudit(database.query, options);
  const seconds = (performance.now() - begun) / 1_000;
  const after = spent();
  if (findings.length > 0) throw new Error('The record that was just written is not proven');
  const [own, server] = [after.own - before.own, after.server - before.server];
  const others = (after.machine - before.machine - own - server) / seconds;
  console.log(`proven          ${Math.round(entries / seconds)} entries/s (${entries} in ${seconds.toFixed(1)} s)`);
  console.log(`processor time  ${own.toFixed(1)} s of this process, ${server.toFixed(1)} s of PostgreSQL`);
  console.log(`most memory     ${peakMemoryMib(process.pid)?.toFixed(0) ?? '-'} MiB`);
  console.log(`others          ${others.toFixed(1)} processors busy`);
}

/** Entries per second, each committed by itself. */
async function append(database: Database, chains: number): Promise<number> {
  let next = 0;
  const begun = performance.now();
  const write = async () => {
    while (next < APPENDED) {
      const entry = entryOf(`bench_${chains}_${next++ % chains}`);
      await database.transaction((tx) => appendEntry(tx, entry));
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, write));
  return Math.round((APPENDED * 1_000) / (performance.now() - begun));
}

function entryOf(tenantId: string): NewEntry {
  return {
    ...{ tenantId, at: systemClock.now(), class: 'change', mode: 'test', actor: 'key:key_1', address: '192.0.2.7' },
    ...{ correlationId: 'c', action: 'updateProduct', targetType: 'product', targetId: 'prd_1', outcome: 'done' },
    details: { fields: [{ field: 'name', before: 'Tea', after: 'Coffee' }] },
  };
}
