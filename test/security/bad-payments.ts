/** A field of POST /payments that breaks a rule of its own; the refusal names it and nothing else. */
export interface BadField {
  readonly title: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly pointer: string;
  readonly code?: 'validation_failed' | 'target_not_allowed' | 'no_provider_account' | 'card_number_not_allowed';
}

function each(field: string, values: Readonly<Record<string, unknown>>, pointer = `/${field}`): BadField[] {
  return Object.entries(values).map(([title, value]) => ({
    title: `${field}: ${title}`,
    fields: { [field]: value },
    pointer,
  }));
}

const long = (length: number) => 'zq7'.repeat(length).slice(0, length);
const cartItem = { description: 'Coffee', quantity: 1, value: 100 };

const AMOUNTS = each('amount', {
  negative: -1250,
  zero: 0,
  'the number of a text': '1250',
  'a decimal text': '12.50',
  'Arabic digits': '١٢٥٠',
  'beyond the largest amount': 1_000_000_000_000,
  'a truth value': true,
  nothing: null,
  'a list': [1250],
  'an object': { minorUnits: 1250 },
});

const CURRENCIES = each('currency', {
  'four letters': 'EURO',
  'lower case': 'eur',
  historic: 'DEM',
  'no currency': 'XXX',
  'for testing only': 'XTS',
  metal: 'XAU',
  numeric: 978,
  empty: '',
  'look-alike letters': 'ЕUR',
});

const TEXTS = [
  ...each('reference', {
    empty: '',
    'too long': long(65),
    'with a blank': 'zq7 order',
    'with a line break': 'zq7\norder',
    'with letters beyond ASCII': 'zq7-größe',
    'a number': 4711,
  }),
  ...each('description', { empty: '', 'too long': long(201), 'a control character': 'zq7\u0007bell', 'a number': 5 }),
  ...each('statementDescriptor', { 'too long': long(23) }),
  ...each('orderId', { 'too long': long(65) }),
  ...each('terminalId', { 'too long': long(41) }),
  ...each('subMerchantName', { 'too long': long(41) }),
  ...each('mcc', { short: '123', letters: 'zq7x' }),
  ...each('rrn2', { 'too long': 'zq7zq7zq7zq7zq7' }),
  ...each('captureMethod', { unknown: 'zq7later' }),
  ...each('requestShipping', { 'a text': 'zq7yes' }),
  ...each('attemptsMax', { none: 0, 'too many': 11 }),
  ...each('expiresIn', { 'too short': 29, 'too long': 2_678_401, 'a text': '900' }),
  ...each('expiresAt', {
    'no instant': 'zq7tomorrow',
    'without a zone': '2031-01-01T00:00:00',
    'no such day': '2031-02-30T00:00:00Z',
    'in the past': '2020-01-01T00:00:00Z',
    'the year nought': '0000-01-01T00:00:00Z',
    'too far ahead': '2099-01-01T00:00:00Z',
    'ten digits of a second': '2031-01-01T00:00:00.0123456789Z',
  }),
];

const PARTS: readonly BadField[] = [
  ...each('metadata', { 'a list': ['zq7'], 'a text': 'zq7' }),
  ...each('metadata', { 'a number inside': { size: 12345 } }, '/metadata/size'),
  ...each('metadata', { 'a text too long': { size: long(501) } }, '/metadata/size'),
  ...each('metadata', { 'a name with a blank': { 'a b': '1' } }, '/metadata/a b'),
  ...each('metadata', {
    'too many entries': Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`n${n}`, 'zq7'])),
  }),
  ...each('customer', { 'an unknown field': { zq7age: 30 } }, '/customer/zq7age'),
  ...each('customer', { 'no e-mail address': { email: 'zq7nobody' } }, '/customer/email'),
  ...each('customer', { 'no telephone number': { phone: 'zq7 call me' } }, '/customer/phone'),
  ...each('customer', { 'no language': { locale: 'zq7 not a tag' } }, '/customer/locale'),
  ...each('cartItems', { 'no list': { zq7: 1 }, 'too many': Array.from({ length: 101 }, () => cartItem) }),
  ...each('cartItems', { 'an unknown field': [{ ...cartItem, zq7sku: 1 }] }, '/cartItems/0/zq7sku'),
  ...each('cartItems', { 'none of a thing': [cartItem, { ...cartItem, quantity: 0 }] }, '/cartItems/1/quantity'),
  ...each('cartItems', { 'a negative value': [{ ...cartItem, value: -100 }] }, '/cartItems/0/value'),
  ...each(
    'cartItems',
    { 'an image over plain HTTP': [{ ...cartItem, imageUrl: 'http://zq7.example/a.png' }] },
    '/cartItems/0/imageUrl',
  ),
];

/** Addresses that no browser of a shopper may be sent to; what WHATWG's parser would make of them is the danger. */
export const BAD_RETURN_URLS: Readonly<Record<string, string>> = {
  script: 'javascript:alert("zq7")',
  'script behind a line break': 'java\nscript:alert("zq7")',
  'script behind a control character': '\u0001javascript:alert("zq7")',
  'script in capitals': 'JavaScript:alert("zq7")',
  data: 'data:text/html,zq7',
  'another script': 'vbscript:zq7',
  'a file': 'file:///zq7',
  intent: 'intent://zq7#Intent;scheme=http;end',
  'another protocol': 'ftp://zq7.example/',
  'without a scheme': '//zq7.example/',
  'slash and backslash': '/\\zq7.example/',
  'a backslash inside': 'https://shop.example\\@zq7.example/',
  'a user name': 'https://shop.example@zq7.example/',
  'user name and password': 'https://zq7:zq7@shop.example/',
  'no slashes': 'https:zq7.example',
  'three slashes': 'https:///zq7.example',
  'a blank': 'https://shop.example/zq7 thanks',
  'plain HTTP': 'http://zq7.example/thanks',
  'an app scheme that is not registered': 'zq7shop://payment-result',
  'no address': 'zq7',
  empty: '',
  'too long': `https://shop.example/${long(2_048)}`,
};

const RETURN_URLS = [
  ...each('returnUrl', BAD_RETURN_URLS),
  ...each('cancelUrl', { script: BAD_RETURN_URLS.script, 'a user name': BAD_RETURN_URLS['a user name'] }),
  ...each('notificationUrl', { 'too long': `https://shop.example/${long(2_048)}` }),
];

const TARGETS = each('notificationUrl', {
  'no address': 'zq7',
  script: 'javascript:alert("zq7")',
  'another protocol': 'ftp://zq7.example/',
  'a user name': 'https://zq7@shop.example/',
  'a metadata service': 'https://169.254.169.254/zq7',
  loopback: 'https://127.0.0.1/zq7',
  'loopback as one number': 'https://2130706433/zq7',
  'loopback over IPv6': 'https://[::1]/zq7',
  'loopback in IPv6 clothes': 'https://[::ffff:127.0.0.1]/zq7',
  'a private network': 'https://10.0.0.1/zq7',
  'a local name': 'https://localhost/zq7',
  'plain HTTP': 'http://zq7.example/',
}).map((bad) => ({ ...bad, code: 'target_not_allowed' as const }));

export const BAD_FIELDS: readonly BadField[] = [
  { title: 'an unknown field', fields: { zq7color: 'red' }, pointer: '/zq7color' },
  { title: 'a misspelt field', fields: { amount: 1250, ammount: 99_999 }, pointer: '/ammount' },
  { title: 'the mode, which the credential decides', fields: { mode: 'live' }, pointer: '/mode' },
  { title: 'the tenant, which the credential decides', fields: { tenantId: 'ten_zq7' }, pointer: '/tenantId' },
  { title: 'a state that only we set', fields: { status: 'succeeded' }, pointer: '/status' },
  { title: 'no reference', fields: { reference: undefined }, pointer: '/reference' },
  { title: 'no amount', fields: { amount: undefined }, pointer: '/amount' },
  {
    title: 'two ends',
    fields: { expiresIn: 900, expiresAt: '2031-01-01T00:00:00Z' },
    pointer: '/expiresAt',
  },
  ...AMOUNTS,
  ...CURRENCIES,
  ...TEXTS,
  ...PARTS,
  ...RETURN_URLS,
  ...TARGETS,
  {
    title: 'a provider account that is not there',
    fields: { providerAccountId: 'pa_zq7' },
    pointer: '',
    code: 'no_provider_account',
  },
];

const PAN = '4111111111111111';

/** Ways to write one card number that a person still reads as it. */
export const CARD_SPELLINGS: Readonly<Record<string, string>> = {
  'in one piece': PAN,
  'in a sentence': `my card is ${PAN}, thanks`,
  'with blanks': '4111 1111 1111 1111',
  'with hyphens': '4111-1111-1111-1111',
  'with dots': '4111.1111.1111.1111',
  'with slashes': '4111/1111/1111/1111',
  'with underscores': '4111_1111_1111_1111',
  'with no-break spaces': '4111\u00a01111\u00a01111\u00a01111',
  'with long dashes': '4111–1111–1111–1111',
  'digit by digit': '4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1',
  'with invisible joiners': '4111\u200d1111\u200d1111\u200d1111',
  'with soft hyphens': '4111\u00ad1111\u00ad1111\u00ad1111',
  'in full-width digits': '４１１１１１１１１１１１１１１１',
  'in Arabic digits': '٤١١١١١١١١١١١١١١١',
  'in circled digits': '④①①①①①①①①①①①①①①①',
  'of fifteen digits': '3782 822463 10005',
};

/** Every field of POST /payments that holds a stranger's text, each with a card number that its own rule lets pass. */
export const CARD_FIELDS: readonly (readonly [pointer: string, fields: Readonly<Record<string, unknown>>])[] = [
  ['/reference', { reference: '4111-1111-1111-1111' }],
  ['/description', { description: PAN }],
  ['/statementDescriptor', { statementDescriptor: PAN }],
  ['/orderId', { orderId: PAN }],
  ['/productId', { productId: PAN }],
  ['/terminalId', { terminalId: PAN }],
  ['/subMerchantName', { subMerchantName: PAN }],
  ['/providerAccountId', { providerAccountId: PAN }],
  ['/returnUrl', { returnUrl: `https://shop.example/${PAN}` }],
  ['/cancelUrl', { cancelUrl: `https://shop.example/?card=${PAN}` }],
  ['/notificationUrl', { notificationUrl: `https://shop.example/${PAN}` }],
  ['/metadata/note', { metadata: { note: PAN } }],
  ['/metadata', { metadata: { [PAN]: 'a key' } }],
  ['/customer/id', { customer: { id: PAN } }],
  ['/customer/name', { customer: { name: PAN } }],
  ['/customer/email', { customer: { email: `${PAN}@shop.example` } }],
  ['/customer/phone', { customer: { phone: '4111 1111 1111 1111' } }],
  ['/cartItems/0/description', { cartItems: [{ ...cartItem, description: PAN }] }],
  ['/cartItems/0/destination', { cartItems: [{ ...cartItem, destination: PAN }] }],
  ['/cartItems/0/itemType', { cartItems: [{ ...cartItem, itemType: PAN }] }],
  ['/cartItems/0/imageUrl', { cartItems: [{ ...cartItem, imageUrl: `https://shop.example/${PAN}.png` }] }],
];
