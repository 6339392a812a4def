import type { Mode } from '../kernel/caller.ts';
import type { Clock } from '../kernel/clock.ts';
import { newId } from '../kernel/id.ts';
import { Problem } from '../kernel/problem.ts';
import type { Sealer } from '../keys/sealer.ts';
import { noteAct } from '../platform/act.ts';
import { type Database, type Queryable, violatedConstraint } from '../platform/database.ts';
import { checkTargetUrl, type TargetPolicy } from '../platform/outbound-address.ts';
import { findActiveProduct } from '../products/find-product.ts';
import { checkAckPolicy, explainTwoReversing } from './ack-gate.ts';
import { findDialect } from './dialects/find-dialect.ts';
import { type DialectId, type PartnerProfileId, PLAIN_SETTINGS, type WebhookEndpoint } from './endpoint.ts';
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
  readonly profile?: PartnerProfileId | undefined;
  /** What the dialect needs and is not given is generated. */
  readonly secrets?: GivenSecrets;
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
  const dialect = findDialect(input.dialect);
  const given = assignSecrets(dialect, input.secrets ?? {});
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
    profile: input.dialect === 'partner' ? (input.profile ?? 'bluecom') : null,
    status: 'active',
    description: input.description ?? null,
    createdAt: now,
    updatedAt: now,
  };
  await checkAckPolicy({ ...context, tx, isNew: true }, endpoint);
  await insertEndpoint(tx, endpoint);
  return { endpoint, secrets: await createSecrets({ ...context, db: tx }, endpoint, dialect, given) };
}

type Changeable = Pick<
  WebhookEndpoint,
  'url' | 'eventTypes' | 'dialect' | 'merchantCode' | 'profile' | 'status' | 'description'
>;
type EndpointChanges = Partial<Settings & Changeable>;

/**
 * Changes an endpoint; one that is active again gets what was kept for it. Another dialect brings secrets along, given or
 * generated, and returns those that were made. A test that was passed counts as long as address, dialect and profile stay.
 * @throws Problem not_found, target_not_allowed, ack_policy_not_ready, state_conflict, validation_failed
 */
export async function changeEndpoint(
  context: EndpointContext,
  owner: Owner,
  endpointId: string,
  { secrets: given = {}, ...changes }: EndpointChanges & { readonly secrets?: GivenSecrets },
): Promise<{ readonly endpoint: WebhookEndpoint; readonly secrets: NewSecrets }> {
  if (changes.url !== undefined) checkUrl(context, owner.mode, changes.url);
  return context.database.transaction(async (tx) => {
    const before = await mustLock(tx, owner, endpointId);
    const { productId, dialect = before.dialect } = changes;
    if (productId != null && productId !== before.productId) await findActiveProduct(tx, owner, productId);
    const profile = profileOf(before, changes);
    const isTested =
      (changes.url ?? before.url) === before.url && dialect === before.dialect && profile === before.profile;
    const after = {
      ...before,
      ...changes,
      merchantCode: merchantCodeOf(before, changes),
      profile,
      testPassedAt: isTested ? before.testPassedAt : null,
      updatedAt: context.clock.now(),
    };
    if (startsAfresh(before, after)) await resetHealth(tx, after);
    const secrets = await moveToDialect({ ...context, db: tx }, before, after, given);
    await checkAckPolicy({ ...context, tx, isNew: changes.ackPolicy !== undefined }, after);
    await updateEndpoint(tx, after).catch(explainConflict);
    if (before.status !== 'active' && after.status === 'active') await wakeLanes(context, tx, after);
    noteAct({ before: { ...before }, after: { ...after } });
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
  throw partnersOnly('merchantCode');
}

function profileOf(before: WebhookEndpoint, { dialect = before.dialect, profile }: EndpointChanges) {
  if (dialect === 'partner') return profile ?? before.profile ?? 'bluecom';
  if (profile == null) return null;
  throw partnersOnly('profile');
}

function partnersOnly(member: string): Problem {
  return new Problem('validation_failed', 'Some fields break a rule.', {
    errors: [{ pointer: `/${member}`, detail: 'Must be left out unless the dialect is partner' }],
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

function explainConflict(error: unknown): never {
  throw violatedConstraint(error) === 'webhook_endpoints_reversing_key' ? explainTwoReversing() : error;
}

/** Only what was given: a member that was left out would hide what stands. */
function givenSettings(settings: EndpointSettings): Partial<Settings> {
  const names = [
    ...(['productId', 'additional', 'ackPolicy', 'schedule', 'rateLimit', 'ordered'] as const),
    'disableAfterSeconds' as const,
  ];
  return Object.fromEntries(names.filter((name) => settings[name] !== undefined).map((name) => [name, settings[name]]));
}
