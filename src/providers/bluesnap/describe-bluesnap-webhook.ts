import { createHmac } from 'node:crypto';
import type { ProviderCall } from '../provider.ts';
import type { KeyFinding, RawWebhook, WebhookDescription } from '../provider-webhook.ts';
import { type BluesnapCredentials, usableKeys } from './bluesnap-credentials.ts';
import { instantOfStamp } from './bluesnap-date.ts';
import { BLUESNAP_TOLERANCE_SECONDS } from './parse-bluesnap-webhook.ts';
import { readBluesnapForm } from './read-bluesnap-form.ts';
import { verifySignature } from './verify-bluesnap-ipn.ts';

type Call = ProviderCall<BluesnapCredentials>;

/** How an IPN's `bls-signature` is checked. Asks nobody and never throws. https://support.bluesnap.com/docs/ipn-setup */
export function describeBluesnapWebhook(call: Call, request: RawWebhook): WebhookDescription {
  const sent = only(request.headers['bls-ipn-timestamp']);
  const received = only(request.headers['bls-signature']);
  const text = Buffer.from(request.body).toString('latin1');
  const { previousCredentials, ...rest } = call;
  const finding = (key: KeyFinding['key'], credentials: BluesnapCredentials | undefined): readonly KeyFinding[] => {
    const [ipnKey] = usableKeys([credentials?.ipnKey]);
    if (credentials === undefined || ipnKey === undefined) return [];
    if (received === null || sent === null) return [{ key, verdict: 'missing', expected: null }];
    const isSigned = verifySignature({ ...rest, credentials }, request).kind === 'signed';
    const expected = createHmac('sha256', ipnKey).update(sent, 'latin1').update(request.body).digest('hex');
    return [{ key, verdict: isSigned ? 'valid' : 'invalid', expected }];
  };
  const fields = readBluesnapForm(request.body) ?? new Map<string, string>();
  return {
    scheme: 'HMAC-SHA256, hex, over the header bls-ipn-timestamp and the raw body; in the header bls-signature',
    members: [...fields].map(([name, value]) => ({ name, value, means: null, signed: true })),
    signedText: sent === null ? null : `${sent}${text}`,
    separator: '',
    received,
    keys: [...finding('current', call.credentials), ...finding('previous', previousCredentials)],
    ...(sent === null ? { because: 'There is no header bls-ipn-timestamp, or more than one.' } : {}),
    stamp: { sent, at: instantOfStamp(sent ?? ''), toleranceSeconds: BLUESNAP_TOLERANCE_SECONDS },
  };
}

function only(values: readonly string[] | undefined): string | null {
  const [value, ...others] = values ?? [];
  return value === undefined || value === '' || others.length > 0 ? null : value;
}
