import type { WebhookEndpoint } from '../../../sdk/src/api.generated.ts';

/** Wie Meldungen aussehen, auf Deutsch. */
export const dialectsDe: Readonly<Record<WebhookEndpoint['dialect'], string>> = {
  standard: 'standard: JSON, Standard Webhooks',
  bluesnap: 'bluesnap: Formular, bls-signature',
  'bluesnap-receipt': 'bluesnap-receipt: Formular, beantwortet mit Quittung',
  encrypted: 'encrypted: JWE',
  'encrypted-legacy': 'encrypted-legacy: AES-128-CBC, für alte Empfänger',
  partner: 'partner: signiertes JSON von Partner-Gateways',
};
