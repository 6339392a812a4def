import type { Mode } from '../kernel/caller.ts';
import type { Clock } from '../kernel/clock.ts';
import { newId } from '../kernel/id.ts';
import { Problem } from '../kernel/problem.ts';
import type { Sealer } from '../keys/sealer.ts';
import type { Database, Queryable } from '../platform/database.ts';
import { checkTargetUrl, type TargetPolicy } from '../platform/outbound-address.ts';
import { findActiveProduct } from '../products/find-product.ts';
import type { AckPolicy } from './ack-policy.ts';
import { findDialect } from './dialects/find-dialect.ts';
import { type DialectId, PLAIN_SETTINGS, type WebhookEndpoint } from './endpoint.ts';
import { assignSecrets, changeSecrets, createSecrets, type GivenSecrets, type NewSecrets } from './endpoint-secrets.ts';
import { mustLock, wakeLanes } from './pause-endpoint.ts';
import { resetHealth, startsAfresh } from './reset-health.ts';
import { countEndpoints, insertEndpoint, lockConfiguration, type Owner, updateEndpoint } from './store.ts';
import { cancelDeliveries } from './store-deliveries.ts';
import { cancelHeld } from './store-held.ts';

export interface EndpointContext {
  readonly database: Database;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly targetPolicy: (mode: Mode) => TargetPolicy;
}

/** A tenant's of one mode. Each event is held against every endpoint, and each that wants it costs a delivery. */
const ENDPOINTS_MAX = 50;

interface NewEndpoint extends Owner {
  readonly url: string;
  readonly eventTypes: readonly string[];
  readonly dialect: DialectId;
  readonly merchantCode?: string | undefined;
  readonly secrets: GivenSecrets;
  readonly description?: string | undefined;
  readonly settings: EndpointSettings;
}

type Settings = Pick<
  WebhookEndpoint,
  'productId' | 'additional' | 'ackPolicy' | 'schedule' | 'rateLimit' | 'ordered' | 'disableAfterSeconds'
>;
/** What may be set beside the address; what is left out is plain. */
type EndpointSettings = { readonly [Name in keyof Settings]?: Settings[Name] | undefined };

/**
 * Adds an endpoint in the caller's transaction and returns it with its secrets, the only time that they are seen.
 * @throws Problem target_not_allowed, ack_policy_not_ready, too_many_endpoints, validation_failed (secrets, product)
 */
export async function createEndpoint(
  context: EndpointContext,
  tx: Queryable,
  input: NewEndpoint,
): Promise<{ readonly endpoint: WebhookEndpoint; readonly secrets: NewSecrets & { readonly secret: string } }> {
  checkUrl(context, input.mode, input.url);
  checkPolicy(input.settings.ackPolicy);
  const dialect = findDialect(input.dialect);
  const given = assignSecrets(dialect, input.secrets);
  await lockConfiguration(tx, input);
  if ((await countEndpoints(tx, input)) >= ENDPOINTS_MAX) {
    throw new Problem('too_many_endpoints', `There may be ${ENDPOINTS_MAX} endpoints of a mode. Delete one first.`);
  }
  if (input.settings.productId != null) await findActiveProduct(tx, input, input.settings.productId);
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
    ...givenSettings(input.settings),
    status: 'active',
    description: input.description ?? null,
    createdAt: now,
    updatedAt: now,
  };
  await insertEndpoint(tx, endpoint);
  return { endpoint, secrets: await createSecrets({ ...context, db: tx }, endpoint, dialect, given) };
}

type Changeable = Pick<WebhookEndpoint, 'url' | 'eventTypes' | 'dialect' | 'merchantCode' | 'status' | 'description'>;
type EndpointChanges = Partial<Settings & Changeable>;

/**
 * Changes an endpoint; one that is active again gets what was kept for it. Another dialect brings secrets along, given or
 * generated, and returns those that were made. A test that was passed counts as long as address and dialect stay.
 * @throws Problem not_found, target_not_allowed, ack_policy_not_ready, validation_failed
 */
export async function changeEndpoint(
  context: EndpointContext,
  owner: Owner,
  endpointId: string,
  { secrets: given, ...changes }: EndpointChanges & { readonly secrets: GivenSecrets },
): Promise<{ readonly endpoint: WebhookEndpoint; readonly secrets: NewSecrets }> {
  if (changes.url !== undefined) checkUrl(context, owner.mode, changes.url);
  checkPolicy(changes.ackPolicy);
  return context.database.transaction(async (tx) => {
    const before = await mustLock(tx, owner, endpointId);
    const { productId, dialect = before.dialect } = changes;
    if (productId != null && productId !== before.productId) await findActiveProduct(tx, owner, productId);
    const isTested = (changes.url ?? before.url) === before.url && dialect === before.dialect;
    const after = {
      ...before,
      ...changes,
      merchantCode: merchantCodeOf(before, changes),
      testPassedAt: isTested ? before.testPassedAt : null,
      updatedAt: context.clock.now(),
    };
    const secrets = await moveToDialect({ ...context, db: tx }, before, after, given);
    if (startsAfresh(before, after)) await resetHealth(tx, after);
    await updateEndpoint(tx, after);
    if (before.status !== 'active' && after.status === 'active') await wakeLanes(context, tx, after);
    return { endpoint: after, secrets };
  });
}

/** Secrets change with the dialect here, and by themselves in a rotation, which has an overlap. */
async function moveToDialect(
  context: Parameters<typeof changeSecrets>[0],
  before: WebhookEndpoint,
  after: WebhookEndpoint,
  given: GivenSecrets,
): Promise<NewSecrets> {
  if (after.dialect !== before.dialect) {
    const dialect = findDialect(after.dialect);
    return changeSecrets(context, after, dialect, assignSecrets(dialect, given));
  }
  const names = Object.entries(given).flatMap(([name, secret]) => (secret === undefined ? [] : [name]));
  if (names.length === 0) return {};
  throw new Problem('validation_failed', 'Secrets are rotated.', {
    errors: names.map((name) => ({
      pointer: `/${name}`,
      detail: 'Must be left out unless the dialect changes: rotate it with /rotate-secret',
    })),
  });
}

function merchantCodeOf(before: WebhookEndpoint, { dialect = before.dialect, merchantCode }: EndpointChanges) {
  if (dialect === 'partner') return merchantCode ?? before.merchantCode ?? before.tenantId;
  if (merchantCode == null) return null;
  throw new Problem('validation_failed', 'Some fields break a rule.', {
    errors: [{ pointer: '/merchantCode', detail: 'Must be left out unless the dialect is partner' }],
  });
}

/** Deletes an endpoint and cancels what waits for it; its past deliveries stay. @throws Problem not_found */
export async function deleteEndpoint(
  context: EndpointContext,
  owner: Owner,
  endpointId: string,
): Promise<WebhookEndpoint> {
  return context.database.transaction(async (tx) => {
    const endpoint = await mustLock(tx, owner, endpointId);
    await updateEndpoint(tx, { ...endpoint, status: 'deleted', updatedAt: context.clock.now() });
    await cancelDeliveries(tx, owner.tenantId, endpointId);
    await cancelHeld(tx, owner.tenantId, endpointId);
    return endpoint;
  });
}

function checkUrl({ targetPolicy }: EndpointContext, mode: Mode, url: string): void {
  const checked = checkTargetUrl(url, targetPolicy(mode));
  if (checked.ok) return;
  throw new Problem('target_not_allowed', 'This address may not be called.', {
    errors: [{ pointer: '/url', detail: checked.rule }],
  });
}

/** Receipts are demanded and money given back for silence only where it was seen that the receiver can answer. */
function checkPolicy(policy: AckPolicy | undefined): void {
  if (policy === undefined || policy.type === 'retry') return;
  throw new Problem('ack_policy_not_ready', undefined, {
    errors: [{ pointer: '/ackPolicy', detail: 'Needs a passed test of the endpoint as it is' }],
  });
}

/** Only what was given: a member that was left out would hide what stands. */
function givenSettings(settings: EndpointSettings): Partial<Settings> {
  const names = [
    ...(['productId', 'additional', 'ackPolicy', 'schedule', 'rateLimit', 'ordered'] as const),
    'disableAfterSeconds' as const,
  ];
  return Object.fromEntries(names.filter((name) => settings[name] !== undefined).map((name) => [name, settings[name]]));
}
