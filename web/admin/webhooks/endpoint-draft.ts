import type { AckPolicy, UpdateWebhookEndpoint, WebhookEndpoint } from '../../../sdk/src/api.generated.ts';

type Dialect = WebhookEndpoint['dialect'];

/** An endpoint as somebody fills it in: numbers are texts until they are saved, and empty means that nothing is set. */
export interface EndpointDraft {
  readonly url: string;
  readonly description: string;
  readonly eventTypes: readonly string[];
  readonly dialect: Dialect;
  readonly merchantCode: string;
  readonly profile: string;
  readonly secret: string;
  readonly dataProtectionKey: string;
  readonly notificationKey: string;
  readonly productId: string;
  readonly additional: boolean;
  readonly policy: AckPolicy['type'];
  readonly windowSeconds: string;
  readonly fuseConsecutive: string;
  readonly fusePercent: string;
  readonly whenOpen: 'refuse' | 'hold';
  readonly schedule: string;
  readonly rateLimit: string;
  readonly ordered: boolean;
  readonly disableAfterHours: string;
}

const HOUR_S = 3_600;
/** What `reverse_on_no_ack` has unless something else is said: src/notifications/ack-policy.ts. */
const REVERSE_DEFAULTS = { windowSeconds: '45', fuseConsecutive: '5', fusePercent: '90', whenOpen: 'refuse' } as const;

/** The endpoint as the form begins with it. */
export function draftOf(endpoint: WebhookEndpoint): EndpointDraft {
  const { ackPolicy } = endpoint;
  return {
    url: endpoint.url,
    description: endpoint.description ?? '',
    eventTypes: endpoint.eventTypes,
    dialect: endpoint.dialect,
    merchantCode: endpoint.merchantCode ?? '',
    profile: endpoint.profile ?? 'bluecom',
    ...{ secret: '', dataProtectionKey: '', notificationKey: '' },
    productId: endpoint.productId ?? '',
    additional: endpoint.additional,
    policy: ackPolicy.type,
    ...(ackPolicy.type === 'reverse_on_no_ack' ? reverseDraft(ackPolicy) : REVERSE_DEFAULTS),
    schedule: endpoint.schedule?.join(' ') ?? '',
    rateLimit: textOf(endpoint.rateLimit),
    ordered: endpoint.ordered,
    disableAfterHours: textOf(endpoint.disableAfterSeconds === null ? null : endpoint.disableAfterSeconds / HOUR_S),
  };
}

function reverseDraft(policy: Extract<AckPolicy, { type: 'reverse_on_no_ack' }>) {
  return {
    windowSeconds: String(policy.windowSeconds),
    fuseConsecutive: String(policy.fuse.consecutive),
    fusePercent: String(Math.round(policy.fuse.rate * 100)),
    whenOpen: policy.whenOpen,
  };
}

/** What of a draft differs from the endpoint, as the API takes it; null: nothing. */
export function changesOf(draft: EndpointDraft, endpoint: WebhookEndpoint): UpdateWebhookEndpoint | null {
  const before = bodyOf(draftOf(endpoint));
  const after = bodyOf(draft);
  const changed = Object.entries(after).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(Reflect.get(before, name)),
  );
  return changed.length === 0 ? null : (Object.fromEntries(changed) as UpdateWebhookEndpoint);
}

/** Which secrets a dialect takes when it is chosen. */
export function secretsOf(dialect: Dialect): readonly ('secret' | 'dataProtectionKey' | 'notificationKey')[] {
  if (dialect === 'encrypted' || dialect === 'encrypted-legacy') return ['notificationKey'];
  return dialect === 'bluesnap' || dialect === 'bluesnap-receipt' ? ['secret', 'dataProtectionKey'] : ['secret'];
}

function bodyOf(draft: EndpointDraft): Record<string, unknown> {
  const given = secretsOf(draft.dialect)
    .map((name) => [name, draft[name].trim()] as const)
    .filter(([, text]) => text !== '');
  const isPartner = draft.dialect === 'partner';
  return {
    url: draft.url.trim(),
    description: draft.description.trim() === '' ? null : draft.description.trim(),
    eventTypes: draft.eventTypes,
    dialect: draft.dialect,
    ...Object.fromEntries(given),
    ...(isPartner && draft.merchantCode !== '' ? { merchantCode: draft.merchantCode.trim() } : {}),
    ...(isPartner ? { profile: draft.profile } : {}),
    productId: draft.productId === '' ? null : draft.productId,
    additional: draft.additional,
    ackPolicy: policyOf(draft),
    schedule:
      draft.schedule.trim() === ''
        ? null
        : draft.schedule
            .split(/[\s,]+/)
            .filter(Boolean)
            .map(numberOf),
    rateLimit: draft.rateLimit.trim() === '' ? null : numberOf(draft.rateLimit),
    ordered: draft.ordered,
    disableAfterSeconds: draft.disableAfterHours.trim() === '' ? null : secondsOf(draft.disableAfterHours),
  };
}

function policyOf(draft: EndpointDraft): AckPolicy {
  if (draft.policy !== 'reverse_on_no_ack') return { type: draft.policy };
  return {
    type: 'reverse_on_no_ack',
    windowSeconds: numberOf(draft.windowSeconds),
    fuse: { consecutive: numberOf(draft.fuseConsecutive), rate: shareOf(draft.fusePercent) },
    whenOpen: draft.whenOpen,
  };
}

/** What is no number goes as the text that it is: the API refuses it by name, where null would mean that nothing is set. */
function numberOf(text: string): number {
  const value = Number(text);
  return text.trim() === '' || Number.isNaN(value) ? (text as unknown as number) : value;
}

function secondsOf(hours: string): number {
  const value = numberOf(hours);
  return typeof value === 'number' ? Math.round(value * HOUR_S) : value;
}

/** A percentage as a share. */
function shareOf(percent: string): number {
  const value = numberOf(percent);
  return typeof value === 'number' ? value / 100 : value;
}

function textOf(value: number | null): string {
  return value === null ? '' : String(value);
}
