import type { DeliveryMessage } from '../../../sdk/src/api.generated.ts';

export interface Sample {
  readonly language: string;
  readonly code: string;
}

const STANDARD_NODE = `import { createHmac, timingSafeEqual } from 'node:crypto';

const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
const text = \`\${headers['webhook-id']}.\${headers['webhook-timestamp']}.\${rawBody}\`;
const expected = Buffer.from('v1,' + createHmac('sha256', key).update(text).digest('base64'));
const isOurs = headers['webhook-signature'].split(' ').some((given) => {
  const bytes = Buffer.from(given);
  return bytes.length === expected.length && timingSafeEqual(bytes, expected);
});
const ageSeconds = Math.abs(Date.now() / 1000 - Number(headers['webhook-timestamp']));
if (!isOurs || ageSeconds > 300) throw new Error('not from Tollgate');`;

const STANDARD_PYTHON = `import base64, hashlib, hmac, time

key = base64.b64decode(secret.removeprefix("whsec_"))
text = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + raw_body
expected = "v1," + base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
given = headers["webhook-signature"].split(" ")
fresh = abs(time.time() - int(headers["webhook-timestamp"])) <= 300
if not fresh or not any(hmac.compare_digest(each, expected) for each in given):
    raise ValueError("not from Tollgate")`;

const STANDARD_SDK = `import { verifyWebhook } from '@tollgate/sdk';

// Throws, and says why, unless the signature and the time hold.
const event = await verifyWebhook({ body: rawBody, headers, secret });`;

const BLUESNAP_NODE = `import { createHmac, timingSafeEqual } from 'node:crypto';

const text = headers['bls-ipn-timestamp'] + rawBody;
const expected = createHmac('sha256', secret).update(text).digest();
const given = Buffer.from(headers['bls-signature'], 'hex');
if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw new Error('not from Tollgate');`;

const BLUESNAP_PYTHON = `import hashlib, hmac

text = headers["bls-ipn-timestamp"].encode() + raw_body
expected = hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()
if not hmac.compare_digest(headers["bls-signature"], expected):
    raise ValueError("not from Tollgate")`;

const RECEIPT_NODE = `import { createHash } from 'node:crypto';

const receipt = createHash('md5').update('OK' + dataProtectionKey).digest('hex');
response.writeHead(200).end(receipt);`;

const ENCRYPTED_NODE = `import { compactDecrypt, decodeProtectedHeader } from 'jose';

const { kid } = decodeProtectedHeader(rawBody);
const key = Buffer.from(notificationKeys[kid], 'base64url');
const { plaintext } = await compactDecrypt(rawBody, key);
const notification = JSON.parse(new TextDecoder().decode(plaintext));`;

const LEGACY_NODE = `import { createDecipheriv } from 'node:crypto';

const decipher = createDecipheriv('aes-128-cbc', Buffer.from(notificationKey, 'hex'), Buffer.alloc(16));
const text = decipher.update(rawBody, 'base64', 'utf8') + decipher.final('utf8');
const notification = JSON.parse(text);`;

const PARTNER_NODE = `import { createHmac, timingSafeEqual } from 'node:crypto';

const names = ['merchantCode', 'orderId', 'providerRef', 'refundId', 'eventType', 'status',
  'amount', 'currency', 'paidAt', 'timestamp', 'nonce'];
const text = names.map((name) => message[name] ?? '').join('|');
const expected = Buffer.from(createHmac('sha256', secretKey).update(text).digest('hex'));
const given = Buffer.from(message.signature);
if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw new Error('not from Tollgate');`;

const BLUESNAP: readonly Sample[] = [
  { language: 'Node.js', code: BLUESNAP_NODE },
  { language: 'Python', code: BLUESNAP_PYTHON },
];

/** How a receiver makes sure that a notification came from here, in each dialect. `docs/dialects` says it in full. */
export const VERIFY_SAMPLES: Readonly<Record<DeliveryMessage['dialect'], readonly Sample[]>> = {
  standard: [
    { language: 'SDK', code: STANDARD_SDK },
    { language: 'Node.js', code: STANDARD_NODE },
    { language: 'Python', code: STANDARD_PYTHON },
  ],
  bluesnap: BLUESNAP,
  'bluesnap-receipt': [...BLUESNAP, { language: 'Node.js: receipt', code: RECEIPT_NODE }],
  encrypted: [{ language: 'Node.js', code: ENCRYPTED_NODE }],
  'encrypted-legacy': [{ language: 'Node.js', code: LEGACY_NODE }],
  partner: [{ language: 'Node.js (bluecom)', code: PARTNER_NODE }],
};
