import type { PaymentStatus } from '../../payments/payment.ts';
import { trustedHtml } from '../../platform/html.ts';
import { chooseLocale } from './locale.ts';
import type { CheckoutKind, CheckoutView, ViewOf } from './view.ts';

type Common = Pick<
  CheckoutView,
  | 'path'
  | 'stayPath'
  | 'locale'
  | 'nonce'
  | 'brand'
  | 'amount'
  | 'description'
  | 'reference'
  | 'testMode'
  | 'items'
  | 'secondsLeft'
  | 'expiresAtText'
  | 'paymentId'
  | 'frameOrigins'
  | 'stateKey'
>;

const COMMON: Common = {
  path: '/c/sampletoken',
  locale: chooseLocale('en-ZA'),
  nonce: 'bm9uY2U',
  brand: {
    name: 'Bluecom Shop',
    primaryColor: '#0b6e4f',
    supportUrl: 'https://shop.example/help',
    legalUrl: 'https://shop.example/terms',
  },
  amount: { amount: 124_900n, currency: 'ZAR' },
  description: 'Order 1042',
  reference: 'order-1042',
  testMode: false,
  items: [
    { description: 'Walking boots', quantity: 1, amount: 99_900n },
    { description: 'Wool socks', quantity: 2, amount: 25_000n },
  ],
  secondsLeft: 872,
  expiresAtText: '14:45',
  paymentId: 'pay_1',
  frameOrigins: [],
  stateKey: 'state-1',
};

/** A drawing with the look of a QR code; nobody can scan it. */
export const SAMPLE_CODE = trustedHtml(
  `<svg viewBox="0 0 29 29" aria-hidden="true"><path d="${sampleModules()}"/></svg>`,
);

const LEAVE_URL = 'https://shop.example/return?paymentId=pay_1&reference=order-1042&status=succeeded';

const STATES: { readonly [K in CheckoutKind]: Omit<ViewOf<K>, keyof Common | 'status'> } = {
  shipping: {
    kind: 'shipping',
    country: { code: 'ZA', broken: false },
    entries: [
      { field: 'name', value: 'Thandi Ngcobo', required: true, charactersMax: 100, broken: null },
      { field: 'line1', value: '12 Long Street', required: true, charactersMax: 100, broken: null },
      { field: 'district', value: '', required: false, charactersMax: 80, broken: null },
      { field: 'city', value: '', required: true, charactersMax: 80, broken: 'required' },
      {
        field: 'postalCode',
        value: '80011',
        required: true,
        charactersMax: 16,
        broken: 'postal_code',
        example: '0083',
      },
      { field: 'phone', value: '', required: false, charactersMax: 25, broken: null },
    ],
  },
  choose: {
    kind: 'choose',
    methods: [
      { id: 'card', label: 'Card', hint: 'Visa, Mastercard' },
      { id: 'scan', label: 'Scan to Pay', hint: 'With your banking app' },
      { id: 'eft', label: 'Instant EFT' },
    ],
    notice: null,
  },
  redirect: {
    kind: 'redirect',
    leaving: true,
    to: 'own_window',
    stays: false,
    code: null,
    url: 'https://bank.example/pay?order=1&step=approve',
  },
  qr: {
    kind: 'qr',
    svg: SAMPLE_CODE,
    picturePath: '/c/sampletoken/qr.png',
    payload: '00020101021226',
    deepLink: 'bankapp://pay?code=00020101021226',
  },
  card: {
    kind: 'card',
    modulePath: '/c/assets/fields-sample.js',
    scriptUrl: 'https://pay.provider.example/fields.js',
    secret: 'secret-of-the-fields',
    completePath: '/api/v1/checkout-sessions/sampletoken/complete',
    notice: null,
  },
  waiting: { kind: 'waiting' },
  unknown: { kind: 'unknown' },
  unavailable: { kind: 'unavailable' },
  succeeded: { kind: 'succeeded', before: false, leaveUrl: LEAVE_URL },
  failed: { kind: 'failed', reason: 'insufficient_funds', leaveUrl: LEAVE_URL },
  canceled: { kind: 'canceled', leaveUrl: LEAVE_URL },
  expired: { kind: 'expired', leaveUrl: LEAVE_URL },
  reversed: { kind: 'reversed', leaveUrl: LEAVE_URL },
};

const SHOWN_STATUS: Partial<Record<CheckoutKind, PaymentStatus>> = {
  shipping: 'created',
  choose: 'created',
  unavailable: 'created',
  succeeded: 'succeeded',
  failed: 'failed',
  canceled: 'canceled',
  expired: 'expired',
  reversed: 'reversed',
};

export const CHECKOUT_KINDS = Object.keys(STATES) as [CheckoutKind, ...CheckoutKind[]];

/** A believable page of the given state: for tests, and for tenants to look at. */
export function sampleView<K extends CheckoutKind>(kind: K, changes: Partial<Omit<ViewOf<K>, 'kind'>> = {}): ViewOf<K> {
  const status = SHOWN_STATUS[kind] ?? 'processing';
  return { ...COMMON, status, ...STATES[kind], ...changes } as unknown as ViewOf<K>;
}

function sampleModules(): string {
  let path = '';
  for (let y = 0; y < 29; y++) {
    for (let x = 0; x < 29; x++) {
      const inCorner = (x < 8 && y < 8) || (x > 20 && y < 8) || (x < 8 && y > 20);
      if (!inCorner && (x * 7 + y * 13 + x * y * 5) % 11 < 5) path += `M${x} ${y}h1v1h-1z`;
    }
  }
  for (const [x, y] of [
    [0, 0],
    [22, 0],
    [0, 22],
  ]) {
    path += `M${x} ${y}h7v7h-7zm1 1v5h5v-5zm1 1h3v3h-3z`;
  }
  return path;
}
