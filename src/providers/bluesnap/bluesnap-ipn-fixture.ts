/** For tests only: a genuine notification of the simulator, and what can be made of it with and without the key. */
import { createHash, createHmac } from 'node:crypto';
import { present } from '../../kernel/assert.ts';
import type { ProviderCall } from '../provider.ts';
import type { ProviderEvent, RawWebhook, WebhookOutcome } from '../provider-webhook.ts';
import type { BluesnapCredentials } from './bluesnap-credentials.ts';
import { type BluesnapStage, startBluesnapStage } from './bluesnap-fixture.ts';
import { parseBluesnapWebhook } from './parse-bluesnap-webhook.ts';

export type Call = ProviderCall<BluesnapCredentials>;
export type FieldChanges = Readonly<Record<string, string | undefined>>;

export const IPN_KEY = 'w8qk4cnr5';
export const STAMP = '2026-01-01 00:00:00.000';
export const PROTECTION_KEY = 'data protection key';

export interface IpnDesk {
  readonly stage: BluesnapStage;
  readonly webhook: RawWebhook;
  readonly attemptId: string;
  /** The genuine notification with changes, as the adapter reads it. */
  read(changes: Partial<RawWebhook>, call?: Call): WebhookOutcome;
  /** The genuine form with changed fields, signed by whoever holds the key, as the adapter reads it. */
  told(changes: FieldChanges, call?: Call): WebhookOutcome;
  /** The genuine form with some fields changed, added, or (undefined) left out. */
  formWith(changes: FieldChanges): string;
  /** A body of any content with its signature. */
  signed(body: string | Uint8Array, key?: string, stamp?: string): Partial<RawWebhook>;
  withHeaders(changes: Readonly<Record<string, readonly string[]>>): Partial<RawWebhook>;
  keyed(changes: Partial<BluesnapCredentials>): Call;
  /** Credentials that know no signing key. */
  unsigned(changes?: Partial<BluesnapCredentials>): Call;
}

/** Has 1,234.50 EUR paid, and takes the notification of it. */
export async function startIpnDesk(): Promise<IpnDesk> {
  const stage = await startBluesnapStage();
  const created = stage.input({ amount: { amount: 123_450n, currency: 'EUR' } });
  await stage.pay(created);
  await stage.simulator.tick();
  const webhook = present(stage.simulator.notifications[0], 'a notification');
  const desk: IpnDesk = {
    ...{ stage, webhook, attemptId: created.attemptId },
    read: (changes, call = stage.call()) => parseBluesnapWebhook(call, { ...webhook, ...changes }),
    told: (changes, call) => desk.read(desk.signed(desk.formWith(changes)), call),
    formWith: (changes) => {
      const form = new URLSearchParams(Buffer.from(webhook.body).toString());
      for (const [name, value] of Object.entries(changes)) {
        if (value === undefined) form.delete(name);
        else form.set(name, value);
      }
      return form.toString();
    },
    signed: (body, key = IPN_KEY, stamp = STAMP) => {
      const signature = createHmac('sha256', key).update(stamp).update(body).digest('hex');
      const headers = { 'bls-signature': [signature], 'bls-ipn-timestamp': [stamp] };
      return { ...desk.withHeaders(headers), body: Buffer.from(body) };
    },
    withHeaders: (changes) => ({ headers: { ...webhook.headers, ...changes } }),
    keyed: (changes) => stage.call({ credentials: { ...stage.call().credentials, ...changes } }),
    unsigned: (changes = {}) => {
      const { ipnKey: _, ...credentials } = stage.call().credentials;
      return stage.call({ credentials: { ...credentials, dataProtectionKey: PROTECTION_KEY, ...changes } });
    },
  };
  return desk;
}

export function authKeyOf(form: string, key = PROTECTION_KEY): string {
  const fields = new URLSearchParams(form);
  const text = `${fields.get('referenceNumber') ?? ''}${fields.get('contractId') ?? ''}${key}`;
  return createHash('md5').update(text).digest('hex');
}

export function reasonOf(outcome: WebhookOutcome): string {
  return outcome.kind === 'rejected' ? `${outcome.reason} ${outcome.reply.status}` : outcome.kind;
}

export function eventIn(outcome: WebhookOutcome): ProviderEvent {
  if (outcome.kind !== 'events') throw new Error(`Not read: ${JSON.stringify(outcome)}`);
  return present(outcome.events[0], 'an event');
}
