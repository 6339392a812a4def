import type { WebhookEndpoint } from '../../../sdk/src/api.generated.ts';

/** How notifications look on the wire, in English. */
export const dialectsEn: Readonly<Record<WebhookEndpoint['dialect'], string>> = {
  standard: 'standard: JSON, Standard Webhooks',
  bluesnap: 'bluesnap: form, bls-signature',
  'bluesnap-receipt': 'bluesnap-receipt: form, answered by a receipt',
  encrypted: 'encrypted: JWE',
  'encrypted-legacy': 'encrypted-legacy: AES-128-CBC, for old receivers',
  partner: 'partner: signed JSON of partner gateways',
};
