import { relayOutbox } from '../src/events/relay-outbox.ts';
import { ManualClock } from '../src/kernel/clock.ts';
import { fanOutEvents } from '../src/notifications/fan-out-events.ts';
import { selectDueDeliveries } from '../src/notifications/store-deliveries.ts';
import { insertPayments } from '../src/payments/store-new-payments.ts';
import type { Database } from '../src/platform/database.ts';
import { claimLanes } from '../src/platform/lanes.ts';
import type { BenchServer } from './database-server.ts';
import { openExplainingDatabase } from './explaining-database.ts';
import { fillRows, laneNumber, TENANTS, tenantNumber } from './million-rows.ts';
import { newPayment } from './new-payment.ts';

const BATCH = 64;
const LANES_CLAIMED = 32;
const DELIVERIES_READ = 16;
const LEASE_MS = 30_000;
const TEXT_SHOWN_CHARACTERS = 160;

/** Prints the plans of the statements that must stay fast, in a database with so many rows. */
export async function explainStatements(server: BenchServer, rows: number): Promise<void> {
  const { pool, url } = await server.createDatabase('explain');
  const seconds = await fillRows(pool, rows);
  console.log(`PostgreSQL ${server.version}; ${rows} payments of ${TENANTS} tenants, made in ${seconds.toFixed(0)} s.`);
  let title = '';
  const shown = new Set<string>();
  const database = openExplainingDatabase(url, ({ text, plans, plan }) => {
    // Each shard's relay runs the same statements.
    if (shown.has(`${title} ${text}`)) return;
    shown.add(`${title} ${text}`);
    const start = text.replace(/\s+/g, ' ').trim().slice(0, TEXT_SHOWN_CHARACTERS);
    console.log(`\n## ${title} (${plans} plan)\n${start}\n\n${plan.join('\n')}`);
  });
  try {
    for (const [name, work] of WORK) {
      title = name;
      await work(database);
    }
  } finally {
    await database.close();
  }
}

/** Behind everything that was made, so that all of it is due. */
const clock = new ManualClock('2027-01-01T00:00:00Z');

const WORK: readonly (readonly [title: string, work: (database: Database) => Promise<unknown>])[] = [
  ['Create one payment', ({ query }) => insertPayments(query, [newPayment(clock, tenantNumber(0))])],
  [
    `Create ${BATCH} payments`,
    ({ query }) =>
      insertPayments(
        query,
        Array.from({ length: BATCH }, (_, n) => newPayment(clock, tenantNumber(n))),
      ),
  ],
  [
    'Relay the outbox',
    (database) => relayOutbox({ database, clock, fanOut: (tx, ids) => fanOutEvents(tx, clock, ids), wake: () => {} }),
  ],
  ['Claim lanes', ({ query }) => claimLanes(query, 'delivery', clock.now(), LANES_CLAIMED, LEASE_MS)],
  [
    'Read due deliveries',
    ({ query }) => selectDueDeliveries(query, tenantNumber(7), laneNumber(7), clock.now(), DELIVERIES_READ),
  ],
];
