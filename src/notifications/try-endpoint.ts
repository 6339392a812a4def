import { present } from '../kernel/assert.ts';
import type { Mode } from '../kernel/caller.ts';
import { newId } from '../kernel/id.ts';
import { Problem } from '../kernel/problem.ts';
import type { Sealer } from '../keys/sealer.ts';
import { checkTargetUrl, type TargetPolicy } from '../platform/outbound-address.ts';
import type { DialectEvent, DialectKey } from './dialects/dialect.ts';
import { findDialect } from './dialects/find-dialect.ts';
import { type DialectId, PLAIN_SETTINGS, type WebhookEndpoint } from './endpoint.ts';
import { openEndpoint, type Receiver } from './open-receiver.ts';
import { endpointJson } from './routes-endpoints.ts';
import { KIND_OF_PURPOSE } from './signing-secrets.ts';
import type { SecretPurpose } from './store.ts';
import { type Owner, selectEndpoint } from './store.ts';
import { notePassedTest } from './store-trials.ts';
import { type Trial, type TrialContext, type TrialInput, tryReceiver } from './try-receiver.ts';

export interface TryContext extends TrialContext {
  readonly sealer: Sealer;
  readonly targetPolicy: (mode: Mode) => TargetPolicy;
}

/** Makes the event once it is known what the endpoint is and speaks; `object` is the endpoint as other programs see it. */
type EventFor = (
  endpoint: WebhookEndpoint,
  known: { readonly speaks: (eventType: string) => boolean; readonly object: unknown },
) => DialectEvent;

interface EndpointTrial extends Pick<TrialInput, 'trigger' | 'admit'> {
  readonly eventFor: EventFor;
}

/**
 * Tries an endpoint, whatever its status: a paused or disabled one is tried before it is made active again. A test that is
 * passed is noted with the endpoint, unless the endpoint was changed while it ran.
 * @throws Problem not_found, state_conflict where the dialect has no word for the event
 */
export async function tryEndpoint(
  context: TryContext,
  { tenantId, mode }: Owner,
  endpointId: string,
  { trigger, eventFor, admit }: EndpointTrial,
): Promise<Trial> {
  const endpoint = await selectEndpoint(context.database.query, { tenantId, mode }, endpointId);
  if (endpoint === null) throw new Problem('not_found', 'There is no such endpoint.');
  const receiver = await openEndpoint(context, endpoint);
  const speaks = (eventType: string) => receiver.dialect.speaks(eventType);
  const event = eventFor(endpoint, { speaks, object: endpointJson(endpoint) });
  const probe = trigger === 'test' && endpoint.dialect.startsWith('bluesnap');
  const trial = await tryReceiver(context, { trigger, mode, receiver, url: endpoint.url, event, probe, admit });
  if (trigger === 'test' && trial.passed) {
    const keyIds = receiver.keys.map(({ keyId }) => keyId);
    await notePassedTest(context.database.query, endpoint, keyIds, context.clock.now());
  }
  return trial;
}

/** An address that belongs to no endpoint, and what to sign with there. */
interface AddressTrial extends Pick<TrialInput, 'admit'> {
  readonly url: string;
  readonly dialect: DialectId;
  /** As the dialect spells it; made for this one message unless given. */
  readonly secret?: string | undefined;
  readonly eventFor: EventFor;
}

/**
 * Sends one made-up event to any address that may be called. Returns the secret with it, where one was made.
 * @throws Problem target_not_allowed, validation_failed (the secret), state_conflict where the dialect has no word for it
 */
export async function tryAddress(
  context: TryContext,
  { tenantId, mode }: Owner,
  { url, dialect: dialectId, secret, eventFor, admit }: AddressTrial,
): Promise<Trial & { readonly madeSecret: string | null }> {
  const target = checkTargetUrl(url, context.targetPolicy(mode));
  if (!target.ok) {
    throw new Problem('target_not_allowed', 'This address may not be called.', {
      errors: [{ pointer: '/url', detail: target.rule }],
    });
  }
  const dialect = findDialect(dialectId);
  const [purpose, ...others] = dialect.secrets.required;
  const own = present(purpose, 'the secret of a dialect');
  const detail = secret === undefined ? null : dialect.brokenRule(secret, own);
  if (detail !== null) {
    throw new Problem('validation_failed', 'The secret has the wrong form.', {
      errors: [{ pointer: '/secret', detail }],
    });
  }
  const madeSecret = secret === undefined ? dialect.newSecret(own) : null;
  const receiver: Receiver = {
    kind: 'open',
    dialect,
    endpoint: { merchantCode: tenantId, profile: null, partnerKeyId: null },
    settings: null,
    // What else the dialect needs nobody there knows: a receipt cannot be had of a foreign address.
    keys: [keyOf(own, secret ?? madeSecret ?? ''), ...others.map((each) => keyOf(each, dialect.newSecret(each)))],
    url,
  };
  const { endpoint, object } = exampleEndpoint(context, { tenantId, mode, url, dialect: dialectId });
  const event = eventFor(endpoint, { speaks: (type) => dialect.speaks(type), object });
  const input = { trigger: 'simulation', mode, receiver, url, event, probe: false, admit } as const;
  const trial = await tryReceiver(context, input);
  return { ...trial, madeSecret };
}

/** The endpoint that an address would be, for events that speak of one; `object` is how other programs see it. */
export function exampleEndpoint(
  context: Pick<TryContext, 'clock'>,
  known: Pick<WebhookEndpoint, 'tenantId' | 'mode' | 'url' | 'dialect'>,
): { readonly endpoint: WebhookEndpoint; readonly object: unknown } {
  const endpoint = endpointAt(context, known);
  return { endpoint, object: endpointJson(endpoint) };
}

function endpointAt(
  { clock }: Pick<TryContext, 'clock'>,
  known: Pick<WebhookEndpoint, 'tenantId' | 'mode' | 'url' | 'dialect'>,
): WebhookEndpoint {
  const now = clock.now();
  return {
    ...PLAIN_SETTINGS,
    ...known,
    endpointId: newId('we', clock),
    eventTypes: ['*'],
    merchantCode: null,
    status: 'active',
    description: null,
    createdAt: now,
    updatedAt: now,
  };
}

function keyOf(purpose: SecretPurpose, text: string): DialectKey {
  return { keyId: 'given', kind: KIND_OF_PURPOSE[purpose], text };
}
