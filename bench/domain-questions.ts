/**
 * How long the proxy waits for an answer to its question about a domain, with 100,000 proven ones, and while it asks about
 * names that nobody has proven as fast as it can. The gateway is a process of its own, as it is shipped.
 * Usage: npm run bench domain-questions
 */
import { Pool } from 'undici';
import { openBenchServer } from './database-server.ts';
import { startGateway } from './gateway-process.ts';
import { quantile } from './statistics.ts';

const DOMAINS = 100_000;
const QUESTIONS = 5_000;
/** Handshakes that wait at the same time, as a proxy has them when it is flooded. */
const FLOOD_WIDTH = 64;
const FLOOD_QUESTIONS = 30_000;

let asked = 0;
/** Each of another domain, so that no answer is at hand. */
const proven = () => `pay${(asked++ * 7_919) % DOMAINS}.shop.example`;
const unknown = () => `nobody${asked++}.example`;

async function ask(pool: Pool, domain: string, status: number): Promise<number> {
  const begun = performance.now();
  const answer = await pool.request({ method: 'GET', path: `/api/v1/domains/verify?domain=${domain}` });
  await answer.body.dump();
  if (answer.statusCode !== status) throw new Error(`${domain} was answered ${answer.statusCode}`);
  return performance.now() - begun;
}

async function times(pool: Pool, count: number, name: () => string, status: number): Promise<Float64Array> {
  const found = new Float64Array(count);
  for (let index = 0; index < count; index++) found[index] = await ask(pool, name(), status);
  return found.sort();
}

async function flood(pool: Pool): Promise<number> {
  const begun = performance.now();
  let left = FLOOD_QUESTIONS;
  const one = async (): Promise<void> => {
    while (left-- > 0) await ask(pool, unknown(), 404);
  };
  await Promise.all(Array.from({ length: FLOOD_WIDTH }, one));
  return (FLOOD_QUESTIONS * 1_000) / (performance.now() - begun);
}

function show(what: string, sorted: Float64Array): void {
  const [p50, p99, p999] = [0.5, 0.99, 0.999].map((share) => quantile(sorted, share).toFixed(2));
  console.log(`${what.padEnd(34)} p50 ${p50} ms  p99 ${p99} ms  p99.9 ${p999} ms`);
}

const server = await openBenchServer(undefined);
const database = await server.createDatabase('domains');
const gateway = await startGateway({ databaseUrl: database.url, roles: 'api', profile: false });
const pool = new Pool(gateway.internalUrl, { connections: FLOOD_WIDTH });
const other = new Pool(gateway.internalUrl, { connections: 1 });
try {
  await database.pool.query(
    `insert into verified_domains
     select 'pay' || n || '.shop.example', $1, 'dom_' || n, 'live', '2026-01-01' from generate_series(0, $2 - 1) n`,
    [gateway.tenantId, DOMAINS],
  );
  await server.analyze();
  await times(other, QUESTIONS, proven, 200);
  show('proven, one after the other', await times(other, QUESTIONS, proven, 200));
  show('unknown, one after the other', await times(other, QUESTIONS, unknown, 404));
  const [rate, during] = await Promise.all([flood(pool), times(other, 500, proven, 200)]);
  show('proven, in a flood of unknown ones', during);
  console.log(`the flood: ${Math.round(rate)} questions a second`);
} finally {
  await Promise.all([pool.close(), other.close()]);
  await gateway.stop();
  await gateway.remove();
  await server.close();
}
