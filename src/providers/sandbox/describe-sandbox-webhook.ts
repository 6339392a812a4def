import { createHmac } from 'node:crypto';
import type { ProviderCall } from '../provider.ts';
import type { DescribedMember, KeyFinding, RawWebhook, WebhookDescription } from '../provider-webhook.ts';
import { jsonOf } from '../read-answer.ts';
import { isSandboxSigned, SANDBOX_TOLERANCE_SECONDS, stampOf } from './parse-sandbox-webhook.ts';
import { isUsable, type SandboxCredentials } from './sandbox-credentials.ts';

/** How a notification of the sandbox is checked. Asks nobody and never throws. */
export function describeSandboxWebhook(
  call: ProviderCall<SandboxCredentials>,
  request: RawWebhook,
): WebhookDescription {
  const values = request.headers['sandbox-signature'];
  const stamp = stampOf(values);
  const sent = stamp?.timestamp ?? null;
  const finding = (key: KeyFinding['key'], credentials: SandboxCredentials | undefined): readonly KeyFinding[] => {
    if (!isUsable(credentials)) return [];
    if (stamp === null) return [{ key, verdict: values === undefined ? 'missing' : 'invalid', expected: null }];
    const { secretKey } = credentials;
    const expected = createHmac('sha256', secretKey).update(`${stamp.timestamp}.`).update(request.body).digest('hex');
    const verdict = isSandboxSigned([secretKey], stamp, request.body) ? 'valid' : 'invalid';
    return [{ key, verdict, expected }];
  };
  return {
    scheme:
      'HMAC-SHA256, lower-case hex, over the timestamp, a dot and the body; in the header Sandbox-Signature as v1',
    members: membersOf(request.body),
    signedText: sent === null ? null : `${sent}.${new TextDecoder().decode(request.body)}`,
    separator: '.',
    received: /,v1=([^,]*)/.exec(values?.[0] ?? '')?.[1] ?? null,
    keys: [...finding('current', call.credentials), ...finding('previous', call.previousCredentials)],
    ...(sent === null ? { because: 'The header Sandbox-Signature is missing or is written otherwise.' } : {}),
    stamp: {
      sent,
      at: sent === null ? null : Temporal.Instant.fromEpochMilliseconds(Number(sent) * 1_000),
      toleranceSeconds: SANDBOX_TOLERANCE_SECONDS,
    },
  };
}

function membersOf(body: Uint8Array): readonly DescribedMember[] {
  const event = jsonOf(body);
  if (typeof event !== 'object' || event === null || Array.isArray(event)) return [];
  return Object.entries(event).map(([name, value]: [string, unknown]) => ({
    ...{ name, means: null, signed: true },
    value: typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? ''),
  }));
}
