import { z } from 'zod';
import { findCardNumber } from '../kernel/card-number.ts';
import { instant } from '../kernel/shapes.ts';
import type { RawWebhook } from '../providers/provider-webhook.ts';
import { INBOUND_STATES, INBOUND_VERDICTS, type InboundState, type InboundVerdict } from './inbound-event.ts';
import type { InboundEventRow } from './store-lists.ts';

export const inboundEventObject = z
  .strictObject({
    id: z.string(),
    object: z.literal('inbound_event'),
    mode: z.enum(['live', 'test']),
    provider: z.string(),
    providerAccountId: z.string(),
    paymentId: z.string().nullable().meta({ description: 'The payment it is about, where it was verified and known.' }),
    verdict: z.enum(INBOUND_VERDICTS).meta({ description: 'What was made of it when it came.' }),
    state: z
      .enum(INBOUND_STATES)
      .nullable()
      .meta({ description: 'How far applying it is; null where there is nothing to apply.' }),
    outcome: z.string().nullable(),
    tries: z.int(),
    remoteAddress: z.string(),
    createdAt: instant,
    processedAt: instant.nullable(),
    resolution: z
      .strictObject({ note: z.string(), actor: z.string(), at: instant })
      .nullable()
      .meta({ description: 'Who settled what was set aside, when and why; null for all others.' }),
  })
  .meta({ id: 'InboundEvent' });

export const inboundEventWithRequest = z
  .strictObject({
    ...inboundEventObject.shape,
    request: z
      .strictObject({
        method: z.string(),
        query: z.record(z.string(), z.string()),
        headers: z.record(z.string(), z.array(z.string())),
        body: z.string(),
      })
      .meta({
        description: 'As it came, read as UTF-8; what opens doors and what looks like a card number is masked.',
      }),
  })
  .meta({ id: 'InboundEventWithRequest' });

/** A notification as the API shows it in lists. */
export function inboundEventJson(row: InboundEventRow): z.infer<typeof inboundEventObject> {
  return {
    id: row.inbound_event_id,
    object: 'inbound_event',
    mode: row.mode as 'live' | 'test',
    provider: row.provider,
    providerAccountId: row.provider_account_id,
    paymentId: row.payment_id,
    verdict: row.verdict as InboundVerdict,
    state: row.state as InboundState | null,
    outcome: row.outcome,
    tries: row.tries,
    remoteAddress: row.remote_address,
    createdAt: row.received_at.toString(),
    processedAt: row.processed_at?.toString() ?? null,
    resolution: resolutionJson(row),
  };
}

function resolutionJson({ resolved_note: note, resolved_by: actor, resolved_at: at }: InboundEventRow) {
  return note === null || actor === null || at === null ? null : { note, actor, at: at.toString() };
}

const MASK = '[masked]';
/** Names of what opens doors. A signature does not: it proves the one message it came with. */
const SECRET_NAME = /auth|cookie|token|secret|passw|api[-_]?key|private[-_]?key|credential/i;
/** Digits, alone or in groups, long enough for a card number: from the first digit to the last. */
const DIGITS = /\p{Nd}(?:[^\p{L}\p{Nd}]{0,3}\p{Nd}){12,}/gu;

/** The request as it came, without what opens doors. */
export function requestJson({ method, query, headers, body }: RawWebhook) {
  return {
    method,
    query: Object.fromEntries(Object.entries(query).map(([name, value]) => [masked(name), shown(name, value)])),
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, values]) => [masked(name), values.map((value) => shown(name, value))]),
    ),
    body: masked(withoutSecrets(new TextDecoder().decode(body))),
  };
}

const JSON_MEMBER = /"((?:[^"\\]|\\.){1,100})"(\s*:\s*)"(?:[^"\\]|\\.)*"/g;
const FORM_FIELD = /(^|&)([^=&]{1,300})=([^&]*)/g;

/** The body of JSON or of a form without the values of fields that open doors. */
function withoutSecrets(body: string): string {
  if (/^\s*[[{]/.test(body)) {
    return body.replace(JSON_MEMBER, (member, name: string, between: string) =>
      SECRET_NAME.test(name) ? `"${name}"${between}"${MASK}"` : member,
    );
  }
  return body.replace(FORM_FIELD, (field, before: string, name: string) =>
    SECRET_NAME.test(name) ? `${before}${name}=${MASK}` : field,
  );
}

function shown(name: string, value: string): string {
  return SECRET_NAME.test(name) ? MASK : masked(value);
}

/** The text without what looks like a card number; all of it is masked where the number cannot be told from the rest. */
export function masked(text: string): string {
  if (!findCardNumber(text)) return text;
  const without = text.replace(DIGITS, (digits) => (findCardNumber(digits) ? MASK : digits));
  return findCardNumber(without) ? MASK : without;
}
