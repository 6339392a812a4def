import type { Mode } from '../kernel/caller.ts';
import type { Clock } from '../kernel/clock.ts';
import { newId } from '../kernel/id.ts';
import { Problem } from '../kernel/problem.ts';
import type { Sealer } from '../keys/sealer.ts';
import { type Database, type Queryable, violatedConstraint } from '../platform/database.ts';
import { addLaneWork } from '../platform/lanes.ts';
import { checkTargetUrl, type TargetPolicy } from '../platform/outbound-address.ts';
import { checkAckPolicy, explainTwoReversing } from './ack-gate.ts';
import type { Dialect } from './dialects/dialect.ts';
import { findDialect } from './dialects/find-dialect.ts';
import { type DialectId, PLAIN_SETTINGS, type WebhookEndpoint } from './endpoint.ts';
import { createSigningSecret } from './signing-secrets.ts';
import { insertEndpoint, type Owner, selectEndpoint, updateEndpoint } from './store.ts';
import { cancelDeliveries, selectWaitingLanes } from './store-deliveries.ts';

export interface EndpointContext {
  readonly database: Database;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly targetPolicy: (mode: Mode) => TargetPolicy;
}

interface NewEndpoint {
  readonly tenantId: string;
  readonly mode: Mode;
  readonly url: string;
  readonly eventTypes: readonly string[];
  readonly dialect: DialectId;
  readonly merchantCode?: string | undefined;
  readonly secret?: string | undefined;
  readonly description?: string | undefined;
  readonly settings: EndpointSettings;
}

type Settings = Pick<WebhookEndpoint, 'productId' | 'additional' | 'ackPolicy' | 'schedule' | 'rateLimit' | 'ordered'>;
/** What may be set beside the address; what is left out is plain. */
type EndpointSettings = { readonly [Name in keyof Settings]?: Settings[Name] | undefined };

/**
 * Adds an endpoint in the caller's transaction and returns it with its secret, the only time that is seen.
 * @throws Problem target_not_allowed, ack_policy_not_ready, validation_failed (the secret)
 */
export async function createEndpoint(
  context: EndpointContext,
  tx: Queryable,
  input: NewEndpoint,
): Promise<{ readonly endpoint: WebhookEndpoint; readonly secret: string }> {
  checkUrl(context, input.mode, input.url);
  const dialect = findDialect(input.dialect);
  if (input.secret !== undefined) checkSecret(dialect, input.secret);
  const now = context.clock.now();
  const endpoint: WebhookEndpoint = {
    tenantId: input.tenantId,
    endpointId: newId('we', context.clock),
    mode: input.mode,
    url: input.url,
    eventTypes: input.eventTypes,
    dialect: dialect.id,
    merchantCode: input.dialect === 'partner' ? (input.merchantCode ?? input.tenantId) : null,
    ...PLAIN_SETTINGS,
    ...given(input.settings),
    status: 'active',
    description: input.description ?? null,
    createdAt: now,
    updatedAt: now,
  };
  await checkAckPolicy({ ...context, tx, isNew: true }, endpoint);
  await insertEndpoint(tx, endpoint);
  const secret = await createSigningSecret({ ...context, db: tx }, endpoint, input.secret ?? dialect.newSecret());
  return { endpoint, secret };
}

type EndpointChanges = Partial<Settings & Pick<WebhookEndpoint, 'url' | 'eventTypes' | 'status' | 'description'>>;

/**
 * Changes an endpoint; one that is active again gets what was kept for it.
 * @throws Problem not_found, target_not_allowed, validation_failed, ack_policy_not_ready, state_conflict
 */
export async function changeEndpoint(
  context: EndpointContext,
  owner: Owner,
  endpointId: string,
  changes: EndpointChanges,
): Promise<WebhookEndpoint> {
  if (changes.url !== undefined) checkUrl(context, owner.mode, changes.url);
  return context.database.transaction(async (tx) => {
    const before = await mustFind(tx, owner, endpointId);
    const now = context.clock.now();
    const isTested = changes.url === undefined || changes.url === before.url;
    const testPassedAt = isTested ? before.testPassedAt : null;
    const after = { ...before, ...changes, testPassedAt, updatedAt: now };
    await checkAckPolicy({ ...context, tx, isNew: changes.ackPolicy !== undefined }, after);
    await updateEndpoint(tx, after).catch(explainConflict);
    if (before.status !== 'active' && after.status === 'active') {
      const { tenantId } = owner;
      const laneIds = await selectWaitingLanes(tx, tenantId, endpointId);
      await addLaneWork(
        tx,
        laneIds.map((laneId) => ({ kind: 'delivery', laneId, tenantId, dueAt: now })),
      );
    }
    return after;
  });
}

/** Deletes an endpoint and cancels what waits for it; its past deliveries stay. @throws Problem not_found */
export async function deleteEndpoint(
  context: EndpointContext,
  owner: Owner,
  endpointId: string,
): Promise<WebhookEndpoint> {
  return context.database.transaction(async (tx) => {
    const endpoint = await mustFind(tx, owner, endpointId);
    await updateEndpoint(tx, { ...endpoint, status: 'deleted', updatedAt: context.clock.now() });
    await cancelDeliveries(tx, owner.tenantId, endpointId);
    return endpoint;
  });
}

async function mustFind(db: Queryable, owner: Owner, endpointId: string): Promise<WebhookEndpoint> {
  const endpoint = await selectEndpoint(db, owner, endpointId);
  if (endpoint === null) throw new Problem('not_found', 'There is no such endpoint.');
  return endpoint;
}

function checkUrl({ targetPolicy }: EndpointContext, mode: Mode, url: string): void {
  const checked = checkTargetUrl(url, targetPolicy(mode));
  if (checked.ok) return;
  throw new Problem('target_not_allowed', 'This address may not be called.', {
    errors: [{ pointer: '/url', detail: checked.rule }],
  });
}

function explainConflict(error: unknown): never {
  throw violatedConstraint(error) === 'webhook_endpoints_reversing_key' ? explainTwoReversing() : error;
}

/** Only what was given: a member that was left out would hide what stands. */
function given(settings: EndpointSettings): Partial<Settings> {
  const names = ['productId', 'additional', 'ackPolicy', 'schedule', 'rateLimit', 'ordered'] as const;
  return Object.fromEntries(names.filter((name) => settings[name] !== undefined).map((name) => [name, settings[name]]));
}

function checkSecret(dialect: Dialect, secret: string): void {
  const detail = dialect.brokenRule(secret);
  if (detail === null) return;
  throw new Problem('validation_failed', 'The secret has the wrong form.', {
    errors: [{ pointer: '/secret', detail }],
  });
}
