import { z } from 'zod';
import type { Mode } from '../../kernel/caller.ts';
import type { ProviderCall } from '../provider.ts';
import { type ModeFault, simulatorFaults } from '../provider-mode-faults.ts';

/** The prefix tells the mode; Stripe's own keys are longer. https://docs.stripe.com/keys */
const SECRET_KEY = /^(?:sk|rk)_(test|live)_[A-Za-z0-9_]{16,240}$/;
const PUBLISHABLE_KEY = /^pk_(test|live)_[A-Za-z0-9_]{16,240}$/;
/** An empty or short one would verify what anybody can sign. */
const WEBHOOK_SECRET = /^whsec_[A-Za-z0-9+/=_-]{16,240}$/;

export const stripeCredentials = z
  .strictObject({
    secretKey: z
      .string()
      .regex(SECRET_KEY, 'Must be a key that begins with sk_test_, sk_live_, rk_test_ or rk_live_')
      .meta({ secret: true, title: 'Secret or restricted key', description: 'Dashboard, Developers, API keys.' }),
    webhookSecret: z.string().regex(WEBHOOK_SECRET, 'Must be a signing secret that begins with whsec_').meta({
      secret: true,
      title: 'Signing secret of the webhook endpoint',
      description: 'Shown by Stripe once you have added the notification address there.',
    }),
    publishableKey: z
      .string()
      .regex(PUBLISHABLE_KEY, 'Must be a key that begins with pk_test_ or pk_live_')
      .exactOptional()
      .meta({ title: 'Publishable key (for payments inside your own page)' }),
    apiUrl: z
      .url({ protocol: /^https?$/ })
      .exactOptional()
      .meta({ title: 'Address of a simulator or proxy (test mode only)' }),
  })
  .meta({ 'x-documentation': 'https://docs.stripe.com/keys' });

export type StripeCredentials = z.output<typeof stripeCredentials>;
export type StripeCall = ProviderCall<StripeCredentials>;

/** What of the credentials may not be used in a mode. */
export function stripeModeFaults(credentials: StripeCredentials, mode: Mode): readonly ModeFault[] {
  const { secretKey, publishableKey, apiUrl } = credentials;
  const faults: ModeFault[] = [];
  if (modeOf(SECRET_KEY, secretKey) !== mode)
    faults.push({ field: 'secretKey', rule: `Must be a key of ${mode} mode` });
  if (publishableKey !== undefined && modeOf(PUBLISHABLE_KEY, publishableKey) !== mode) {
    faults.push({ field: 'publishableKey', rule: `Must be a key of ${mode} mode` });
  }
  return [...faults, ...simulatorFaults({ apiUrl }, mode)];
}

/** Why these credentials may not be used in this mode, in a sentence without any of them; null where they may. */
export function credentialsFault({ mode, credentials }: Pick<StripeCall, 'mode' | 'credentials'>): string | null {
  const [fault] = stripeModeFaults(credentials, mode);
  return fault === undefined ? null : `${fault.field}: ${fault.rule}`;
}

/** The secrets that may verify a notification: the current one and, during a rotation, the one before. */
export function signingSecrets({ credentials, previousCredentials }: StripeCall): readonly string[] {
  return [credentials.webhookSecret, previousCredentials?.webhookSecret].filter(
    (secret) => secret !== undefined && WEBHOOK_SECRET.test(secret),
  ) as string[];
}

function modeOf(shape: RegExp, key: string): Mode | null {
  const mode = shape.exec(key)?.[1];
  return mode === 'live' || mode === 'test' ? mode : null;
}
