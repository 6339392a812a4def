import type { CardFields } from '../provider-card-fields.ts';
import type { BluesnapCredentials } from './bluesnap-credentials.ts';

/** https://developers.bluesnap.com/v8976-Tools/docs/hosted-payment-fields */
const HOSTS = { live: 'https://pay.bluesnap.com', test: 'https://sandpay.bluesnap.com' } as const;
const SCRIPT_PATH = '/web-sdk/5/bluesnap.js';

/** The Hosted Payment Fields, whose script and frames come from one host; a simulator's are its own. */
export const bluesnapCardFields: CardFields<BluesnapCredentials> = {
  module: new URL('bluesnap-card-fields.js', import.meta.url),
  sources({ mode, credentials: { apiUrl } }) {
    const origin = mode === 'test' && apiUrl !== undefined ? new URL(apiUrl).origin : HOSTS[mode];
    return { scriptUrl: `${origin}${SCRIPT_PATH}`, origins: [origin] };
  },
};
