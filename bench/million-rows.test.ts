import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../src/kernel/clock.ts';
import { verifyLedger } from '../src/ledger/verify-ledger.ts';
import { openDatabase } from '../src/platform/database.ts';
import { createTestDatabase, type TestDatabase } from '../test/support/database.ts';
import { insertBenchTenants } from './bench-tenant.ts';
import { dealOut, type Filled, fillRows } from './million-rows.ts';

const TENANT = 'ten_01000000000000000000000001';
const PAYMENTS = 1_000;

describe('payments that are dealt out', () => {
  it.each([1_000, 20_003, 1_000_000])('are %i, each to one tenant', (payments) => {
    const given = dealOut(payments, TENANT).flat();
    expect(given[0]?.first).toBe(1);
    expect(given.at(-1)?.last).toBe(payments);
    given.slice(1).forEach(({ first }, at) => {
      expect(first).toBe((given[at]?.last ?? 0) + 1);
    });
  });

  it('are a tenth for the tenant that is measured', () => {
    const own = dealOut(1_000_000, TENANT)
      .flat()
      .filter(({ tenantId }) => tenantId === TENANT);
    expect(own.reduce((sum, { first, last }) => sum + last - first + 1, 0)).toBe(100_000);
  });

  it('are never more at once than a statement makes', () => {
    for (const shares of dealOut(1_000_000, TENANT)) {
      expect(shares.reduce((sum, { first, last }) => sum + last - first + 1, 0)).toBeLessThanOrEqual(20_000);
    }
  });
});

describe('a filled database', () => {
  let database: TestDatabase;
  let pool: pg.Pool;
  let filled: Filled;

  beforeAll(async () => {
    database = await createTestDatabase();
    pool = new pg.Pool({ connectionString: database.url, max: 2 });
    const program = openDatabase({ url: database.url, connectionsMax: 1, applicationName: 'test' });
    await insertBenchTenants(program.query, systemClock, [TENANT]);
    await program.close();
    filled = await fillRows({ url: database.url, pool }, PAYMENTS, TENANT);
  }, 60_000);

  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  async function count(text: string): Promise<number> {
    const [row] = await database.run<{ count: number }>(`select count(*)::int as count from ${text}`);
    return row?.count ?? Number.NaN;
  }

  it('has as many payments as were asked for, a tenth of them of the tenant that is measured', async () => {
    expect(filled).toMatchObject({ payments: PAYMENTS });
    expect(await count('payments')).toBe(PAYMENTS);
    expect(await count(`payments where tenant_id = '${TENANT}'`)).toBe(PAYMENTS / 10);
  });

  it('passes the verification of the ledger', async () => {
    const program = openDatabase({ url: database.url, connectionsMax: 1, applicationName: 'test' });
    const verification = await verifyLedger(program.query);
    await program.close();
    // Seventeen of twenty are captured, one of them refunded too.
    expect(verification).toMatchObject({ transfers: (PAYMENTS * 18) / 20, differences: [] });
  });

  it.each([
    ['checkout_tokens', 20],
    ['idempotency_keys', 39],
    ['attempts', 18],
    ['captures', 17],
    ['refunds', 1],
    ['events', 78],
    ['signals', 41],
    ['provider_calls', 19],
    ['deliveries', 20],
    ['delivery_attempts', 20],
  ])('has its share of %s: %i for twenty payments', async (table, share) => {
    expect(await count(table)).toBe((PAYMENTS * share) / 20);
  });

  it.each([
    'outbox',
    `payments where due_at is not null or status in ('created', 'processing')`,
    'attempts where sync_due_at is not null',
    `deliveries where status = 'pending'`,
    `lanes where next_due_at is not null and lane_id <> 'system'`,
    `idempotency_keys where state = 'running'`,
  ])('leaves nothing to do in %s', async (what) => {
    expect(await count(what)).toBe(0);
  });

  it.each([
    ['attempts', 'payments', 'payment_id'],
    ['events', 'payments', 'payment_id'],
    ['signals', 'payments', 'payment_id'],
    ['checkout_tokens', 'payments', 'payment_id'],
    ['ledger_transfers', 'payments', 'payment_id'],
    ['provider_calls', 'attempts', 'attempt_id'],
    ['captures', 'attempts', 'attempt_id'],
    ['deliveries', 'events', 'event_id'],
    ['deliveries', 'webhook_endpoints', 'endpoint_id'],
  ])('has for each of its %s the one of the %s that it names', async (table, other, key) => {
    const lost = `${table} t where not exists (
      select from ${other} o where o.tenant_id = t.tenant_id and o.${key} = t.${key})`;
    // The tenant that is measured has no endpoint: what is new would be sent there.
    const own = other === 'webhook_endpoints' ? ` and t.tenant_id <> '${TENANT}'` : '';
    expect(await count(lost + own)).toBe(0);
  });

  it('takes no payment more that is not whole', async () => {
    const text = `update payments set amount_captured = amount_captured - 1 where status = 'succeeded'`;
    await expect(database.run(text)).rejects.toThrow('add up to');
  });
});
