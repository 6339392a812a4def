import { z } from 'zod';
import type { EventType } from '../events/event.ts';
import { pause } from '../platform/deadline.ts';
import { type ApiClient, ApiRefused } from './api-client.ts';
import { freshReference, RECIPES, type Recipe } from './trigger-recipes.ts';

export interface TriggerOptions {
  readonly type: EventType;
  /** Where the event is simulated if it cannot be brought about; the only endpoint unless given. */
  readonly endpointId?: string | undefined;
  /** A payment that is to reach the event, instead of a new one. */
  readonly paymentId?: string | undefined;
}

/** `happened`: to a real payment in the sandbox. `simulated`: it was only said to happen, to one endpoint. */
export type Triggered =
  | { readonly how: 'happened'; readonly type: EventType; readonly eventId: string; readonly paymentId: string }
  | {
      readonly how: 'simulated';
      readonly type: EventType;
      readonly endpointId: string;
      readonly passed: boolean;
      readonly problem: string | null;
    };

const madePayment = z.object({ id: z.string(), mode: z.enum(['test', 'live']) });
const idsOf = z.object({ data: z.array(z.object({ id: z.string() })) });
const trial = z.object({ passed: z.boolean(), problem: z.string().nullable() });

const SANDBOX_ONLY = 'Events are triggered in the sandbox only; use a key of test mode.';
const LOOK_MS = 250;
/** The slowest, a dispute that is won: opened after two seconds, decided two seconds after the evidence. */
const LOOKS = 160;

/**
 * Makes an event come about: by a payment in the sandbox that really reaches it, or where the sandbox has no way to it by
 * a simulation. Waits until the event is there.
 * @throws ApiRefused, ApiUnreachable
 */
export async function triggerEvent(api: ApiClient, options: TriggerOptions): Promise<Triggered> {
  const { type, paymentId } = options;
  const recipe = RECIPES[type];
  const canBeReached = recipe?.after !== undefined || (recipe?.token ?? null) !== null;
  if (paymentId !== undefined && !canBeReached) {
    throw new ApiRefused(422, `No payment that is there can be made to reach ${type}; leave --payment out.`);
  }
  if (recipe === undefined) return simulate(api, options);
  if (api.hasLiveKey) throw new ApiRefused(422, SANDBOX_ONLY);
  if (paymentId !== undefined) refuseLive(await api.send('GET', `/payments/${encodeURIComponent(paymentId)}`));
  const known = paymentId === undefined ? new Set<string>() : new Set(await eventsOf(api, paymentId, type));
  const reached = paymentId ?? (await pay(api, recipe));
  if (paymentId !== undefined && recipe.after === undefined) {
    await confirm(api, paymentId, recipe);
  }
  await recipe.after?.(api, reached);
  for (let look = 0; look < LOOKS; look++) {
    const eventId = (await eventsOf(api, reached, type)).find((id) => !known.has(id));
    if (eventId !== undefined) return { how: 'happened', type, eventId, paymentId: reached };
    await pause(LOOK_MS, new AbortController().signal);
  }
  throw new ApiRefused(
    409,
    `The payment ${reached} did not come to ${type}; GET /payments/${reached}/explain says why.`,
  );
}

async function pay(api: ApiClient, recipe: Recipe): Promise<string> {
  const made = await api.send('POST', '/payments', { reference: freshReference(), ...recipe.create });
  const { id } = refuseLive(made);
  await confirm(api, id, recipe);
  return id;
}

/** Nobody means to pay or give back real money with this. A payment that nothing was done with is left to expire. */
function refuseLive(payment: unknown): z.output<typeof madePayment> {
  const known = madePayment.parse(payment);
  if (known.mode === 'test') return known;
  throw new ApiRefused(422, SANDBOX_ONLY);
}

async function confirm(api: ApiClient, paymentId: string, { token }: Recipe): Promise<void> {
  if (token === null) return;
  await api.send('POST', `/payments/${paymentId}/confirm`, { method: { type: 'sandbox', token } });
}

async function eventsOf(api: ApiClient, paymentId: string, type: EventType): Promise<readonly string[]> {
  const { data } = idsOf.parse(await api.send('GET', `/events?paymentId=${paymentId}&type=${type}&limit=100`));
  return data.map(({ id }) => id);
}

async function simulate(api: ApiClient, { type, endpointId }: TriggerOptions): Promise<Triggered> {
  const at = endpointId ?? (await onlyEndpoint(api, type));
  const { passed, problem } = trial.parse(
    await api.send('POST', `/webhook-endpoints/${at}/simulate`, { eventType: type }),
  );
  return { how: 'simulated', type, endpointId: at, passed, problem };
}

async function onlyEndpoint(api: ApiClient, type: EventType): Promise<string> {
  const { data } = idsOf.parse(await api.send('GET', '/webhook-endpoints?limit=100'));
  const [only, ...others] = data;
  if (only !== undefined && others.length === 0) return only.id;
  const many = only === undefined ? 'there is none' : `name one of ${data.map(({ id }) => id).join(', ')}`;
  throw new ApiRefused(
    422,
    `The sandbox cannot be made to cause ${type}, so that it is simulated at an endpoint: ${many} (--endpoint).`,
  );
}
