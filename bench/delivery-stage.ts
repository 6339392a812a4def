import { sql } from 'kysely';
import { type EventHead, eventRows, outboxRow } from '../src/events/event.ts';
import { RelayInbox } from '../src/events/relay-inbox.ts';
import { RELAYED_MAX, type RelayContext, relayHandedOver } from '../src/events/relay-outbox.ts';
import { systemClock } from '../src/kernel/clock.ts';
import { newId } from '../src/kernel/id.ts';
import { localMasterKey, newMasterKeyText } from '../src/keys/master-key.ts';
import { masterKeysFrom } from '../src/keys/master-keys.ts';
import { createSealer, type Sealer } from '../src/keys/sealer.ts';
import { createEndpoint } from '../src/notifications/change-endpoint.ts';
import type { WebhookEndpoint } from '../src/notifications/endpoint.ts';
import { fanOutEvents } from '../src/notifications/fan-out-events.ts';
import { type DeliveryContext, deliverLanes } from '../src/notifications/sending/deliver-lanes.ts';
import { samplePayment } from '../src/payments/payment-fixture.ts';
import { paymentObjectJson } from '../src/payments/payment-json.ts';
import { createBatcher } from '../src/platform/batch.ts';
import { type Database, KEYED_PLANS, openDatabase } from '../src/platform/database.ts';
import { pause } from '../src/platform/deadline.ts';
import { addLaneWork } from '../src/platform/lanes.ts';
import { createLogger } from '../src/platform/log.ts';
import { SHOP_CERTIFICATE } from '../src/platform/outbound-fixture.ts';
import { createOutboundHttp } from '../src/platform/outbound-http.ts';
import { recordset, type WholeRow } from '../src/platform/recordset.ts';
import { Wakeup } from '../src/platform/wakeup.ts';
import { newSandboxAccount } from '../src/providers/registry.ts';
import { createTenant } from '../src/tenants/create-tenant.ts';
import { tenantSettings } from '../src/tenants/settings.ts';
import { createTenantClocks } from '../src/test-clocks/tenant-clock.ts';
import type { BenchServer } from './database-server.ts';

/** Tenants with endpoints and their events, and the engine to send them, in a database of its own. */
export interface DeliveryStage {
  readonly url: string;
  readonly database: Database;
  readonly sealer: Sealer;
  readonly context: DeliveryContext;
  readonly endpoints: readonly WebhookEndpoint[];
  readonly secrets: ReadonlyMap<string, string>;
  /** So many events of each tenant, each of which every endpoint of the tenant is to be told of; not due yet if so asked. */
  addEvents(perTenant: number): Promise<number>;
  /** Cancels all but the first so many deliveries of each endpoint that is meant. */
  keepFirst(count: number, isMeant: (endpoint: WebhookEndpoint) => boolean): Promise<void>;
  /** Makes all lanes due. */
  wakeAll(): Promise<void>;
  pending(): Promise<number>;
  /** Sends until nothing is due; resolves with the milliseconds that took, up to the last record. */
  deliverAll(limitMs: number): Promise<number>;
  /** Starts the engine; the function returned stops it. */
  start(): () => Promise<void>;
  /** Stops the engine without waiting for requests that nobody will answer. */
  abandon(stop: () => Promise<void>): void;
  /** Writes events and passes them on as the gateway does. */
  startRelay(): StageRelay;
  close(): Promise<void>;
}

interface StageRelay {
  /** Commits an event of one of the tenants. Resolves with its id once it is committed. */
  commit(number: number): Promise<string>;
  stop(): Promise<void>;
}

interface StageOptions {
  /** The addresses of the endpoints of each tenant. */
  readonly urls: readonly (readonly string[])[];
  readonly socketsMax?: number;
}

const CONNECTIONS_MAX = 10;
const EVENTS_A_STATEMENT = 500;
const POLL_MS = 10;
/** As the worker has it. */
const RELAY_GAP_MS = 10;
const RELAY_POLL_MS = 50;

/** The way out that the gateway has for deliveries, to receivers on this machine. */
export function openWayOut() {
  return createOutboundHttp({
    allowPrivateTargets: true,
    userAgent: 'Tollgate-Bench/1',
    maxConnectionsPerOrigin: 1_000,
    resolve: async () => ['127.0.0.1'],
    trustedCa: SHOP_CERTIFICATE,
  });
}

/** Makes the tenants and their endpoints by the program's own verbs. */
export async function openDeliveryStage(
  server: BenchServer,
  name: string,
  options: StageOptions,
): Promise<DeliveryStage> {
  const { url } = await server.createDatabase(name);
  const clock = systemClock;
  const database = openDatabase({
    url,
    connectionsMax: CONNECTIONS_MAX,
    applicationName: 'bench',
    settings: KEYED_PLANS,
  });
  const sealer = createSealer(database.query, masterKeysFrom(localMasterKey(newMasterKeyText())), clock);
  const http = openWayOut();
  const tenantClocks = createTenantClocks(database, clock);
  const log = createLogger({ level: 'error' });
  const context: DeliveryContext = {
    ...{ database, sealer, clock, tenantClocks, log, wakeup: new Wakeup(), hooks: [] },
    http: () => http,
    ...(options.socketsMax === undefined ? {} : { socketsMax: options.socketsMax }),
  };
  const { endpoints, secrets, tenantIds } = await makeTenants(context, options.urls);
  const abandoned: Promise<void>[] = [];
  const stage: DeliveryStage = {
    ...{ url, database, sealer, context, endpoints, secrets },
    addEvents: (perTenant) => addEvents(database, tenantIds, perTenant),
    wakeAll: () => wakeAll(context, endpoints),
    async pending() {
      const { rows } = await sql<{ n: number }>`
        select count(*)::int as n from deliveries where status = 'pending'`.execute(database.query);
      return rows[0]?.n ?? 0;
    },
    start() {
      const stopping = new AbortController();
      const running = deliverLanes(context, stopping.signal);
      return async () => {
        stopping.abort();
        await running;
      };
    },
    async deliverAll(limitMs) {
      const begun = performance.now();
      const stop = stage.start();
      while (await isLeft(database)) {
        if (performance.now() - begun > limitMs) throw new Error(`${await stage.pending()} deliveries are left`);
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
      const took = performance.now() - begun;
      await stop();
      return took;
    },
    abandon(stop) {
      abandoned.push(stop());
    },
    startRelay: () => startRelay(context, tenantIds),
    keepFirst: (count, isMeant) => keepFirst(database, endpoints.filter(isMeant), count),
    async close() {
      await Promise.all(abandoned);
      await http.close();
      await database.close();
    },
  };
  return stage;
}

async function wakeAll({ clock, database }: DeliveryContext, endpoints: readonly WebhookEndpoint[]): Promise<void> {
  const dueAt = clock.now();
  await addLaneWork(
    database.query,
    endpoints.map(({ tenantId, endpointId: laneId }) => ({ kind: 'delivery', tenantId, laneId, dueAt })),
  );
}

async function keepFirst(database: Database, endpoints: readonly WebhookEndpoint[], count: number): Promise<void> {
  await sql`
    update deliveries d set status = 'canceled', due_at = null
    from (
      select tenant_id, delivery_id, row_number() over (partition by lane_id order by delivery_id) as place
      from deliveries where lane_id = any(${endpoints.map(({ endpointId }) => endpointId)}::text[])
    ) placed
    where d.tenant_id = placed.tenant_id and d.delivery_id = placed.delivery_id and placed.place > ${count}`.execute(
    database.query,
  );
}

async function makeTenants({ database, sealer, clock }: DeliveryContext, tenants: StageOptions['urls']) {
  const endpoints: WebhookEndpoint[] = [];
  const secrets = new Map<string, string>();
  const tenantIds: string[] = [];
  for (const [index, urls] of tenants.entries()) {
    const input = { name: 'Bench', appName: `bench-${index}`, currency: 'EUR', settings: tenantSettings.parse({}) };
    const { tenant } = await createTenant(
      { database, sealer, clock, newSandboxCredentials: newSandboxAccount, retentionDaysMax: 400 },
      input,
    );
    const { tenantId } = tenant;
    tenantIds.push(tenantId);
    for (const target of urls) {
      const wanted = {
        tenantId,
        mode: 'test',
        url: target,
        eventTypes: ['*'],
        dialect: 'standard',
        settings: {},
      } as const;
      const targetPolicy = () => ({ allowPrivateTargets: true });
      const made = await database.transaction((tx) =>
        createEndpoint({ database, sealer, clock, targetPolicy }, tx, wanted),
      );
      endpoints.push(made.endpoint);
      secrets.set(made.endpoint.endpointId, made.secrets.secret);
    }
  }
  return { endpoints, secrets, tenantIds };
}

/** Events are gathered into statements as payments are, and handed to the relay after their commit. */
function startRelay(context: DeliveryContext, tenantIds: readonly string[]): StageRelay {
  const { database, clock, wakeup } = context;
  const inbox = new RelayInbox(() => wakeup.notify('relay'));
  inbox.open();
  const stopping = new AbortController();
  const relayContext: RelayContext = {
    ...{ database, clock },
    fanOut: (db, events) => fanOutEvents(db, clock, events),
    wake: (kind) => wakeup.notify(kind),
  };
  const passOn = async () => {
    while (!stopping.signal.aborted) {
      const handed = inbox.take(RELAYED_MAX);
      if (handed.length > 0) await relayHandedOver(relayContext, handed);
      if (handed.length > 0) await pause(RELAY_GAP_MS, stopping.signal);
      if (inbox.isEmpty) await wakeup.wait('relay', RELAY_POLL_MS, stopping.signal);
    }
  };
  const running = passOn();
  const write = createBatcher<WholeRow<'events'>, string>({
    itemsMax: EVENTS_A_STATEMENT,
    async write(events) {
      const outbox = events.map((event) =>
        outboxRow({ tenantId: event.tenant_id, topic: 'event', subjectId: event.event_id, dueAt: null }, clock),
      );
      await sql`
        with told as (insert into events select r.* from ${recordset('events', events)} r)
        insert into outbox select r.* from ${recordset('outbox', outbox)} r`.execute(database.query);
      inbox.handOver(outbox, events);
      return events.map((event) => event.event_id);
    },
  });
  return {
    commit: (number) => write(newEvent(tenantIds[number % tenantIds.length] ?? '')),
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

/** Lanes are few, and one that is due or held by somebody has work. */
async function isLeft(database: Database): Promise<boolean> {
  const { rows } = await sql`
    select from lanes where kind = 'delivery' and (next_due_at is not null or lease is not null) limit 1`.execute(
    database.query,
  );
  return rows.length > 0;
}

async function addEvents(database: Database, tenantIds: readonly string[], perTenant: number): Promise<number> {
  let deliveries = 0;
  const all = tenantIds.flatMap((tenantId) => Array.from({ length: perTenant }, () => newEvent(tenantId)));
  for (let at = 0; at < all.length; at += EVENTS_A_STATEMENT) {
    const events = all.slice(at, at + EVENTS_A_STATEMENT);
    await sql`insert into events select r.* from ${recordset('events', events)} r`.execute(database.query);
    const { insert, work } = await fanOutEvents(database.query, systemClock, events satisfies readonly EventHead[]);
    deliveries += work.length;
    if (insert === null) continue;
    await sql`
      with taken as (
        select * from unnest(
          ${events.map((event) => event.tenant_id)}::text[], ${events.map((event) => event.event_id)}::text[]
        ) as t (tenant_id, subject_id)
      ) ${insert}`.execute(database.query);
  }
  await sql`analyze`.execute(database.query);
  return deliveries;
}

/** A paid payment's, of the size that they have. */
function newEvent(tenantId: string): WholeRow<'events'> {
  const payment = samplePayment({
    tenantId,
    paymentId: newId('pay', systemClock),
    description: 'Two tickets',
    orderId: 'order-0a1b2c3d',
    returnUrl: 'https://shop.example/thanks?order=0a1b2c3d',
    metadata: { cart: '0a1b2c3d', channel: 'web', campaign: 'spring' },
  });
  const about = {
    tenantId,
    mode: 'test',
    paymentId: payment.paymentId,
    productId: null,
    notificationUrl: null,
  } as const;
  const object = paymentObjectJson(payment, null);
  return eventRows({ ...about, type: 'payment.succeeded', object, dueAt: null }, systemClock).event;
}
