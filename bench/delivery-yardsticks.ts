import { Logger, makeWorkerUtils, run } from 'graphile-worker';
import { sql } from 'kysely';
import pg from 'pg';
import { systemClock } from '../src/kernel/clock.ts';
import { standardDialect } from '../src/notifications/dialects/standard-dialect.ts';
import { selectEventsByIds } from '../src/notifications/store-deliveries.ts';
import { type DeliveryStage, openWayOut } from './delivery-stage.ts';

/** Of the bare loop; more made it no faster. */
const BARE_CONNECTIONS = 100;
const JOBS_AT_A_TIME = 256;
const JOB_CONNECTIONS = 16;

interface Message {
  readonly tenantId: string;
  readonly deliveryId: string;
  readonly url: string;
  readonly secret: string;
  readonly event: Parameters<typeof standardDialect.encode>[0];
}

type WayOut = ReturnType<typeof openWayOut>;

/** A loop that posts what waits, signed, and records nothing; it has everything in memory before its time begins. */
export async function prepareLoop(stage: DeliveryStage): Promise<() => Promise<void>> {
  const messages = await takeMessages(stage);
  await sql`update deliveries set status = 'canceled', due_at = null where status = 'pending'`.execute(
    stage.database.query,
  );
  return async () => {
    const http = openWayOut();
    const queue = messages.values();
    const client = async () => {
      for (const message of queue) await post(http, message);
    };
    await Promise.all(Array.from({ length: BARE_CONNECTIONS }, client));
    await http.close();
  };
}

/**
 * A job of graphile-worker for each delivery, added before its time begins. Each posts, and records the attempt and the
 * delivery by one statement, as the library's users do; what it posts it has in memory.
 */
export async function prepareJobs(stage: DeliveryStage): Promise<() => Promise<void>> {
  const messages = await takeMessages(stage);
  const byId = new Map(messages.map((message) => [message.deliveryId, message]));
  const pgPool = new pg.Pool({ connectionString: stage.url, max: JOB_CONNECTIONS });
  pgPool.on('error', () => {});
  const logger = new Logger(() => () => {});
  const utils = await makeWorkerUtils({ pgPool, logger });
  await utils.migrate();
  await utils.addJobs([...byId.keys()].map((id) => ({ identifier: 'deliver', payload: { id } })));
  await pgPool.query('analyze');
  return async () => {
    const http = openWayOut();
    const all = Promise.withResolvers<void>();
    let left = messages.length;
    const deliver = async (payload: unknown): Promise<void> => {
      const message = byId.get((payload as { readonly id: string }).id);
      if (message === undefined) throw new Error('A job about nothing');
      const { headers, status } = await post(http, message);
      await pgPool.query({ name: 'record', text: RECORD, values: valuesOf(message, status, headers) });
      left--;
      if (left === 0) all.resolve();
    };
    const runner = await run({
      pgPool,
      logger,
      concurrency: JOBS_AT_A_TIME,
      noHandleSignals: true,
      taskList: { deliver },
    });
    await all.promise;
    await runner.stop();
    await utils.release();
    await http.close();
    await pgPool.end();
  };
}

const RECORD = `
  with recorded as (
    insert into delivery_attempts (tenant_id, delivery_id, attempt_number, attempted_at, duration_ms, url, outcome,
      status_code, remote_address, response_headers, response_body)
    values ($1, $2, 1, $3, 1, $4, 'acknowledged', $5, '127.0.0.1', $6, 'ok')
  )
  update deliveries set status = 'succeeded', attempts_made = 1, due_at = null, last_attempt_at = $3, last_status_code = $5
  where tenant_id = $1 and delivery_id = $2 and status = 'pending'`;

function valuesOf({ tenantId, deliveryId, url }: Message, status: number, headers: unknown): unknown[] {
  return [tenantId, deliveryId, systemClock.now().toString(), url, status, JSON.stringify(headers)];
}

/** What waits, in no order, as a program has it that keeps everything in memory. */
async function takeMessages(stage: DeliveryStage): Promise<readonly Message[]> {
  const { query } = stage.database;
  const { rows } = await sql<{ tenant_id: string; delivery_id: string; endpoint_id: string; event_id: string }>`
    select tenant_id, delivery_id, endpoint_id, event_id from deliveries where status = 'pending'
    order by random()`.execute(query);
  const ids = new Map(rows.map((row) => [row.event_id, { tenantId: row.tenant_id, eventId: row.event_id }]));
  const events = await selectEventsByIds(query, [...ids.values()]);
  const byId = new Map(events.map((event) => [event.eventId, { ...event, payment: null }]));
  const urls = new Map(stage.endpoints.map(({ endpointId, url }) => [endpointId, url]));
  return rows.map((row) => {
    const event = byId.get(row.event_id);
    const [url, secret] = [urls.get(row.endpoint_id), stage.secrets.get(row.endpoint_id)];
    if (event === undefined || url === undefined || secret === undefined) throw new Error('A delivery lacks a part');
    return { tenantId: row.tenant_id, deliveryId: row.delivery_id, url, secret, event };
  });
}

async function post(http: WayOut, { event, secret, url }: Message) {
  const keys = [{ keyId: 'bench', kind: 'secret', text: secret } as const];
  const message = standardDialect.encode(event, { merchantCode: null, partnerKeyId: null }, keys, systemClock);
  if (message === null) throw new Error('The dialect has no word');
  const limits = { timeoutMs: 15_000, responseBytesMax: 65_536 };
  const outcome = await http.send({ method: 'POST', url, headers: message.headers, body: message.body, ...limits });
  if (outcome.kind !== 'answered') throw new Error(`It was not answered: ${outcome.kind} ${outcome.detail}`);
  return outcome;
}
