import type { ProblemCode } from '../../src/kernel/problem.ts';
import { BAD_STATEMENTS } from './reconciliation-scenarios.ts';

/** What the paths of the cases lead to. */
export interface Places {
  readonly open: string;
  readonly paid: string;
  readonly endpoint: string;
  readonly account: string;
  readonly partnerKey: string;
  readonly token: string;
  readonly appName: string;
}

export interface BadOther {
  readonly title: string;
  readonly as?: 'operator';
  readonly method?: 'POST' | 'PATCH';
  readonly path: (places: Places) => string;
  readonly body?: unknown;
  readonly rawBody?: string;
  readonly key?: string;
  readonly code: ProblemCode;
  readonly pointers: readonly string[];
}

const PAN = '4111 1111 1111 1111';

/** Cases of one endpoint: title, body, the pointers, and the code where it is not the usual one. */
function at(
  name: string,
  path: BadOther['path'],
  cases: readonly (readonly [title: string, body: unknown, pointers: readonly string[], code?: ProblemCode])[],
  how: Pick<BadOther, 'as' | 'method' | 'key'> = {},
): BadOther[] {
  return cases.map(([title, body, pointers, code = 'validation_failed']) => ({
    ...how,
    title: `${name}: ${title}`,
    path,
    ...(body instanceof RawText ? { rawBody: body.text } : { body }),
    pointers,
    code,
  }));
}

class RawText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

const reason = 'broken';

const REFUNDS = at(
  'refunds',
  ({ paid }) => `/payments/${paid}/refunds`,
  [
    ['no reason', { amount: 100 }, ['/reason']],
    ['a negative amount', { amount: -100, reason }, ['/amount']],
    ['nought', { amount: 0, reason }, ['/amount']],
    ['a text for the amount', { amount: '100', reason }, ['/amount']],
    ['a fraction', new RawText('{"amount":100.5,"reason":"broken"}'), ['/amount']],
    ['an exponent', new RawText('{"amount":1e2,"reason":"broken"}'), [], 'malformed_json'],
    ['a misspelt amount, which would mean all of it', { ammount: 100, reason }, ['/ammount']],
    ['another currency', { amount: 100, currency: 'USD', reason }, ['/currency']],
    ['a reference that is none', { amount: 100, reason, reference: 'zq7 zq7' }, ['/reference']],
    ['a card number for a reason', { amount: 100, reason: PAN }, ['/reason'], 'card_number_not_allowed'],
    [
      'a card number for a reference',
      { amount: 100, reason, reference: '4111-1111-1111-1111' },
      ['/reference'],
      'card_number_not_allowed',
    ],
  ],
  { key: 'bad-refund' },
);

const REFUNDS_WITHOUT_KEY = at('refunds', ({ paid }) => `/payments/${paid}/refunds`, [
  ['neither key nor reference', { amount: 100, reason }, [], 'idempotency_required'],
]);

const METHODS: Parameters<typeof at>[2] = [
  ['a text for the method', { method: 'zq7' }, ['/method']],
  ['a method without a type', { method: { token: 'tok_approve' } }, ['/method/type']],
  ['a method of nobody', { method: { type: 'zq7', token: 'tok_approve' } }, ['/method/type']],
  ['a token of nobody', { method: { type: 'sandbox', token: 'tok_zq7' } }, ['/method/token']],
  ['an unknown field', { zq7: true }, ['/zq7']],
  ['an unknown field of the method', { method: { type: 'sandbox', token: 'tok_approve', extra: 1 } }, ['/method']],
  ['a card number', { method: { type: 'card', number: PAN } }, ['/method/number'], 'card_number_not_allowed'],
  [
    'a card number as a number',
    { method: { type: 'card', number: 4111111111111111 } },
    ['/method/number'],
    'card_number_not_allowed',
  ],
  [
    'a card number deep inside',
    { method: { type: 'card', a: [{ b: PAN }] } },
    ['/method/a/0/b'],
    'card_number_not_allowed',
  ],
];

const ENDPOINTS_CREATED = at('webhook-endpoints', () => '/webhook-endpoints', [
  ['no address', {}, ['/url']],
  ['an empty address', { url: '' }, ['/url']],
  ['script', { url: 'javascript:alert("zq7")' }, ['/url'], 'target_not_allowed'],
  ['a private network', { url: 'https://192.168.0.1/zq7' }, ['/url'], 'target_not_allowed'],
  ['loopback in octal', { url: 'https://0177.0.0.1/zq7' }, ['/url'], 'target_not_allowed'],
  ['a user name', { url: 'https://zq7@shop.example/' }, ['/url'], 'target_not_allowed'],
  ['plain HTTP', { url: 'http://zq7.example/' }, ['/url'], 'target_not_allowed'],
  ['no event types', { url: 'https://shop.example', eventTypes: [] }, ['/eventTypes']],
  ['an unknown event type', { url: 'https://shop.example', eventTypes: ['payment.zq7'] }, ['/eventTypes/0']],
  ['an unknown dialect', { url: 'https://shop.example', dialect: 'zq7' }, ['/dialect']],
  ['a rate of nothing', { url: 'https://shop.example', rateLimit: 0 }, ['/rateLimit']],
  ['a rate beyond all', { url: 'https://shop.example', rateLimit: 10_001 }, ['/rateLimit']],
  ['an empty schedule', { url: 'https://shop.example', schedule: [] }, ['/schedule']],
  ['a schedule of too many', { url: 'https://shop.example', schedule: Array(21).fill(60) }, ['/schedule']],
  ['a wait of nothing', { url: 'https://shop.example', schedule: [60, 0] }, ['/schedule/1']],
  ['a wait of more than a week', { url: 'https://shop.example', schedule: [604_801] }, ['/schedule/0']],
  ['a product of nobody', { url: 'https://shop.example', productId: 'prd_zq7' }, ['/productId']],
  [
    'a short notification key',
    { url: 'https://shop.example', dialect: 'encrypted', notificationKey: 'zq7' },
    ['/notificationKey'],
  ],
  [
    'a notification key that is not hexadecimal',
    { url: 'https://shop.example', dialect: 'encrypted-legacy', notificationKey: 'zq'.repeat(16) },
    ['/notificationKey'],
  ],
  [
    'the notification key twice',
    {
      ...{ url: 'https://shop.example', dialect: 'encrypted-legacy' },
      ...{ notificationKey: 'ab'.repeat(16), secret: 'ab'.repeat(16) },
    },
    ['/secret'],
  ],
  [
    'keys that the dialect has not',
    { url: 'https://shop.example', dataProtectionKey: 'zq7-zq7-zq7', notificationKey: 'zq7' },
    ['/dataProtectionKey', '/notificationKey'],
  ],
  ['a weak secret', { url: 'https://shop.example', secret: 'whsec_enE3' }, ['/secret']],
  ['a secret in another form', { url: 'https://shop.example', secret: 'zq7-secret' }, ['/secret']],
  ['a blank secret', { url: 'https://shop.example', dialect: 'partner', secret: '   ' }, ['/secret']],
  ['a profile in another dialect', { url: 'https://shop.example', profile: 'neopay' }, ['/profile']],
  ['a profile of nobody', { url: 'https://shop.example', dialect: 'partner', profile: 'zq7' }, ['/profile']],
  ['a merchant code in another dialect', { url: 'https://shop.example', merchantCode: 'ZQ7' }, ['/merchantCode']],
  [
    'a bar in the merchant code',
    { url: 'https://shop.example', dialect: 'partner', merchantCode: 'zq7|' },
    ['/merchantCode'],
  ],
  ['an unknown field', { url: 'https://shop.example', zq7: 1 }, ['/zq7']],
]);

const ENDPOINTS_CHANGED = at(
  'webhook-endpoints/{id}',
  ({ endpoint }) => `/webhook-endpoints/${endpoint}`,
  [
    ['an unknown status', { status: 'zq7' }, ['/status']],
    ['a metadata service', { url: 'https://169.254.169.254/' }, ['/url'], 'target_not_allowed'],
    ['the secret, which is rotated instead', { secret: 'whsec_zq7' }, ['/secret']],
    ['an empty description', { description: '' }, ['/description']],
    ['a profile without the dialect', { profile: 'neopay' }, ['/profile']],
    ['a merchant code without the dialect', { merchantCode: 'ZQ7' }, ['/merchantCode']],
    ['a secret that the new dialect does not take', { dialect: 'partner', secret: ' ' }, ['/secret']],
    ['a key that the new dialect has not', { dialect: 'partner', notificationKey: 'zq7' }, ['/notificationKey']],
    ['a product of nobody', { productId: 'prd_zq7' }, ['/productId']],
  ],
  { method: 'PATCH' },
);

const SECRETS_ROTATED = at(
  'webhook-endpoints/{id}/rotate-secret',
  ({ endpoint }) => `/webhook-endpoints/${endpoint}/rotate-secret`,
  [
    ['an overlap of the past', { overlapSeconds: -1 }, ['/overlapSeconds']],
    ['an overlap of more than a week', { overlapSeconds: 604_801 }, ['/overlapSeconds']],
    ['a purpose of nobody', { purpose: 'zq7' }, ['/purpose']],
    ['a purpose that the dialect has not', { purpose: 'notification' }, ['/purpose']],
    ['a secret in another form', { secret: 'zq7-secret' }, ['/secret']],
    ['half a key pair', { purpose: 'signing_ed25519', secret: 'whsk_zq7' }, ['/secret']],
  ],
);

const ENDPOINTS_RESUMED = at(
  'webhook-endpoints/{id}/resume',
  ({ endpoint }) => `/webhook-endpoints/${endpoint}/resume`,
  [['an unknown choice', { what: 'zq7' }, ['/what']]],
);

const PRODUCTS = at('products', () => '/products', [
  ['no name', {}, ['/name']],
  ['a control character in the name', { name: 'zq7\u0007' }, ['/name']],
  ['a reference with a space', { name: 'Tickets', reference: 'zq7 zq7' }, ['/reference']],
  ['a card number for the name', { name: PAN }, ['/name'], 'card_number_not_allowed'],
  ['a status, which it has by itself', { name: 'Tickets', status: 'archived' }, ['/status']],
]);

const QR_CODES = at('qr-codes', () => '/qr-codes', [
  ['no amount', {}, ['/amount']],
  ['a text for the amount', { amount: 'zq7' }, ['/amount']],
  ['a currency of nobody', { amount: 1, currency: 'ZQ7' }, ['/currency']],
  ['an unknown kind', { amount: 1, kind: 'zq7' }, ['/kind']],
  ['script for the way back', { amount: 1, returnUrl: 'javascript:zq7' }, ['/returnUrl']],
  [
    'a private network to notify',
    { amount: 1, notificationUrl: 'https://10.0.0.1/zq7' },
    ['/notificationUrl'],
    'target_not_allowed',
  ],
  ['no profile but a text', { amount: 1, emvco: 'zq7' }, ['/emvco']],
  ['a card number for the description', { amount: 1, description: PAN }, ['/description'], 'card_number_not_allowed'],
]);

const NOTIFICATION_SETTINGS = at(
  'notification-settings',
  () => '/notification-settings',
  [
    ['an address that is none', { adminEmail: 'zq7' }, ['/adminEmail']],
    ['a line break in the address', { adminEmail: 'zq7@shop.example\nBcc: a@b.example' }, ['/adminEmail']],
    ['nothing for a switch', { enabled: null }, ['/enabled']],
    ['a text for a switch', { additionalTypesAlsoToMain: 'zq7' }, ['/additionalTypesAlsoToMain']],
    ['an unknown field', { zq7: 1 }, ['/zq7']],
    ['a pause by who is no administrator', { paused: true }, ['/paused'], 'forbidden'],
  ],
  { method: 'PATCH' },
);

const SETTINGS = at(
  'settings',
  () => '/settings',
  [
    ['script for an origin', { returnOrigins: ['https://a.example', 'javascript:zq7'] }, ['/returnOrigins/1']],
    ['an origin with a path', { returnOrigins: ['https://zq7.example/path'] }, ['/returnOrigins/0']],
    ['a wildcard', { returnOrigins: ['https://*.zq7.example'] }, ['/returnOrigins/0']],
    ['a scheme that runs code', { appSchemes: ['javascript'] }, ['/appSchemes/0']],
    ['a header in a frame ancestor', { frameAncestors: ['https://zq7.example; script-src *'] }, ['/frameAncestors/0']],
    ['a style in a color', { branding: { primaryColor: 'red;}zq7' } }, ['/branding/primaryColor']],
    ['script for the legal page', { branding: { legalUrl: 'javascript:zq7' } }, ['/branding/legalUrl']],
    ['an unknown field', { zq7: 1 }, ['/zq7']],
    ['no list', { languages: 'zq7' }, ['/languages']],
  ],
  { method: 'PATCH' },
);

const sandbox = { merchantCode: 'zq7', secretKey: 'zq7'.repeat(10) };

const ACCOUNTS_CREATED = at('provider-accounts', () => '/provider-accounts', [
  ['nothing', {}, ['/provider', '/credentials']],
  ['a provider of nobody', { provider: 'zq7', credentials: sandbox }, ['/provider']],
  [
    'a short secret',
    { provider: 'sandbox', credentials: { ...sandbox, secretKey: 'zq7' } },
    ['/credentials/secretKey'],
  ],
  ['an unknown field', { provider: 'sandbox', credentials: sandbox, zq7: 1 }, ['/zq7']],
]);

const ACCOUNTS_CHANGED = [
  ...at(
    'provider-accounts/{id}',
    ({ account }) => `/provider-accounts/${account}`,
    [
      ['the credentials, which are rotated instead', { credentials: sandbox }, ['/credentials']],
      ['a text for the priority', { priority: 'zq7' }, ['/priority']],
      ['a status, which has verbs of its own', { status: 'disabled' }, ['/status']],
    ],
    { method: 'PATCH' },
  ),
  ...at('provider-accounts/{id}/rotate', ({ account }) => `/provider-accounts/${account}/rotate`, [
    ['no credentials', {}, ['/credentials']],
    ['those of another account', { credentials: sandbox }, ['/credentials/merchantCode']],
    ['an overlap of the past', { credentials: sandbox, overlapSeconds: -1 }, ['/overlapSeconds']],
  ]),
  ...at(
    'provider-accounts/{id}/check-notification',
    ({ account }) => `/provider-accounts/${account}/check-notification`,
    [
      ['nothing to check', {}, ['/body']],
      ['a body that is no text', { body: { zq7: 1 } }, ['/body']],
      ['a header that is no text', { body: '', headers: { zq7: 7 } }, ['/headers/zq7']],
      ['an unreadable time of receipt', { body: '', receivedAt: 'zq7' }, ['/receivedAt']],
    ],
  ),
  ...['test', 'disable', 'enable'].flatMap((verb) =>
    at(`provider-accounts/{id}/${verb}`, ({ account }) => `/provider-accounts/${account}/${verb}`, [
      ['a field where none is', { zq7: 1 }, ['/zq7']],
    ]),
  ),
];

const PARTNER_KEYS = [
  ...at('partner-keys', () => '/partner-keys', [
    ['a merchant code too short', { merchantCode: 'zq' }, ['/merchantCode']],
    ['a merchant code too long', { merchantCode: 'zq7'.repeat(22) }, ['/merchantCode']],
    ['a bar in the merchant code', { merchantCode: 'zq7|SHOP' }, ['/merchantCode']],
    ['a card number for the merchant code', { merchantCode: PAN.replaceAll(' ', '') }, ['/merchantCode']],
    ['a card number in the name', { name: PAN }, ['/name']],
    ['an unknown algorithm', { algorithm: 'zq7' }, ['/algorithm']],
    ['an RSA key without a public key', { algorithm: 'rsa-sha256' }, ['/publicKey']],
    ['a public key for a shared secret', { publicKey: 'zq7'.repeat(50) }, ['/publicKey']],
    ['a public key that is none', { algorithm: 'rsa-sha256', publicKey: 'zq7'.repeat(50) }, ['/publicKey']],
    ['a secret of one’s own', { secretKey: 'zq7'.repeat(10) }, ['/secretKey']],
    ['the mode, which the key decides', { mode: 'live' }, ['/mode']],
    ['an unknown presentation', { presentation: 'zq7' }, ['/presentation']],
  ]),
  ...at('partner-keys/{id}/rotate', ({ partnerKey }) => `/partner-keys/${partnerKey}/rotate`, [
    ['an overlap of the past', { overlapSeconds: -1 }, ['/overlapSeconds']],
    ['an overlap for ever', { overlapSeconds: 2_592_001 }, ['/overlapSeconds']],
    ['a public key that is none', { publicKey: 'zq7'.repeat(50) }, ['/publicKey']],
    ['another merchant code', { merchantCode: 'ZQ7' }, ['/merchantCode']],
  ]),
  ...at('partner-keys/{id}/revoke', ({ partnerKey }) => `/partner-keys/${partnerKey}/revoke`, [
    ['a field where none is', { zq7: 1 }, ['/zq7']],
  ]),
];

const tenant = { name: 'Shop', appName: 'zq7-shop', currency: 'EUR' };

const TENANTS = [
  ...at(
    'operator/tenants',
    () => '/operator/tenants',
    [
      ['no name', { ...tenant, name: undefined }, ['/name']],
      ['an app name in capitals', { ...tenant, appName: 'Zq7' }, ['/appName']],
      ['an unknown currency', { ...tenant, currency: 'ZQ7' }, ['/currency']],
      ['an unknown field', { ...tenant, role: 'operator' }, ['/role']],
      ['a setting of the wrong form', { ...tenant, settings: { defaultMcc: 'zq7' } }, ['/settings/defaultMcc']],
      ['an origin that is none', { ...tenant, settings: { returnOrigins: ['zq7'] } }, ['/settings/returnOrigins/0']],
      ['a parent that is not there', { ...tenant, parentTenantId: 'ten_zq7' }, [], 'not_found'],
    ],
    { as: 'operator' },
  ),
  {
    title: 'operator/tenants: an app name that is taken',
    as: 'operator' as const,
    path: () => '/operator/tenants',
    body: ({ appName }: Places) => ({ ...tenant, appName }),
    code: 'app_name_taken' as const,
    pointers: ['/appName'],
  },
];

const LOGINS = at('tenants/login', () => '/tenants/login', [
  ['nothing', {}, ['/appName', '/appSecret']],
  ['a list for the name', { appName: ['zq7'], appSecret: 'zq7' }, ['/appName']],
  ['the mode, which the secret decides', { appName: 'zq7', appSecret: 'zq7', mode: 'live' }, ['/mode']],
  ['a role', { appName: 'zq7', appSecret: 'zq7', role: 'operator' }, ['/role']],
  ['a secret too long', { appName: 'zq7', appSecret: 'zq7'.repeat(50) }, ['/appSecret']],
]);

const BODILESS = [
  ...at('cancel', ({ open }) => `/payments/${open}/cancel`, [['a field where none is', { zq7: 1 }, ['/zq7']]]),
  ...at('checkout-token', ({ open }) => `/payments/${open}/checkout-token`, [
    ['a field where none is', { expiresIn: 9_999_999 }, ['/expiresIn']],
  ]),
  ...at('checkout-sessions/{token}/cancel', ({ token }) => `/checkout-sessions/${token}/cancel`, [
    ['a field where none is', { zq7: 1 }, ['/zq7']],
  ]),
];

export const BAD_OTHERS: readonly BadOther[] = [
  ...BAD_STATEMENTS,
  ...REFUNDS,
  ...REFUNDS_WITHOUT_KEY,
  ...at('confirm', ({ open }) => `/payments/${open}/confirm`, METHODS),
  ...at('checkout-sessions/{token}/confirm', ({ token }) => `/checkout-sessions/${token}/confirm`, METHODS),
  ...ENDPOINTS_CREATED,
  ...ENDPOINTS_CHANGED,
  ...ACCOUNTS_CREATED,
  ...ACCOUNTS_CHANGED,
  ...PARTNER_KEYS,
  ...SECRETS_ROTATED,
  ...ENDPOINTS_RESUMED,
  ...PRODUCTS,
  ...QR_CODES,
  ...NOTIFICATION_SETTINGS,
  ...SETTINGS,
  ...TENANTS,
  ...LOGINS,
  ...BODILESS,
];

export const BAD_QUERIES: readonly (readonly [query: string, code: ProblemCode, pointer?: string])[] = [
  ['/payments?limit=0', 'validation_failed', '/query/limit'],
  ['/payments?limit=101', 'validation_failed', '/query/limit'],
  ['/payments?limit=zq7', 'validation_failed', '/query/limit'],
  ['/payments?limit=1.5', 'validation_failed', '/query/limit'],
  ['/payments?status=zq7', 'validation_failed', '/query/status'],
  ['/payments?mode=live', 'validation_failed', '/query/mode'],
  ['/payments?status=created&status=failed', 'validation_failed', '/query/status'],
  ['/payments?createdAfter=zq7', 'validation_failed', '/query/createdAfter'],
  ['/payments?createdAfter=2026-01-01T00:00:00.0123456789Z', 'validation_failed', '/query/createdAfter'],
  ['/payments?createdAfter=0000-01-01T00:00:00Z', 'validation_failed', '/query/createdAfter'],
  ['/payments?reference=%zz', 'malformed_request'],
  ['/payments?reference=%00', 'malformed_request'],
  ['/payments?reference=%ff', 'malformed_request'],
  ['/deliveries?status=zq7', 'validation_failed', '/query/status'],
  ['/statements?status=zq7', 'validation_failed', '/query/status'],
  ['/reconciliation-exceptions?kind=zq7', 'validation_failed', '/query/kind'],
  ['/payouts?currency=zq7', 'validation_failed', '/query/currency'],
  ['/provider-accounts?mode=live', 'validation_failed', '/query/mode'],
  ['/providers?zq7=1', 'validation_failed', '/query/zq7'],
  ['/events?type=zq7', 'validation_failed', '/query/type'],
  ['/settings?zq7=1', 'validation_failed', '/query/zq7'],
];
