import { sampleView } from './sample-views.ts';
import type { CheckoutBrand, CheckoutKind, CheckoutView } from './view.ts';

/** Texts that run something where a page forgets to escape them; each would set `window.broken` or leave the element. */
export const HOSTILE_TEXTS = [
  '<script>window.broken=1</script>',
  '"><img src=x onerror=window.broken=1>',
  "' autofocus onfocus=window.broken=1 x='",
  '</title></style></textarea><svg onload=window.broken=1>',
  '<style>body{display:none}</style>',
  '{{constructor.constructor("window.broken=1")()}}#{window.broken=1}',
  '--><base href="https://evil.example/">',
  '&lt;script&gt;window.broken=1&lt;/script&gt;',
  'javascript:window.broken=1',
  '\u202e\u2066<iframe srcdoc="<script>parent.broken=1</script>">\0',
] as const;

/** A page whose every text is the given one. */
export function hostileView(kind: CheckoutKind, text: string): CheckoutView {
  return {
    ...sampleView(kind, {
      testMode: true,
      description: text,
      reference: text,
      expiresAtText: text,
      stateKey: text,
      paymentId: text,
      frameOrigins: [text],
      brand: { name: text, logoUrl: text, primaryColor: text, supportUrl: text, legalUrl: text, ...notes(text) },
      items: [{ description: text, quantity: 1 }],
    }),
    ...(kind === 'shipping' && {
      country: { code: text, broken: true },
      entries: [
        { field: 'name', value: text, required: true, charactersMax: 100, broken: 'characters' },
        { field: 'postalCode', value: text, required: true, charactersMax: 16, broken: 'postal_code', example: text },
      ],
    }),
    ...(kind === 'choose' && {
      delivery: [text, `${text}2`],
      notice: { kind: 'declined', reason: 'other', triesLeft: 2 },
      methods: [
        { id: text, label: text, hint: text },
        { id: `${text}2`, label: text },
      ],
    }),
    ...(kind === 'qr' && { payload: text, deepLink: `bankapp://pay?code=${encodeURIComponent(text)}` }),
    ...(kind === 'redirect' && { url: `https://bank.example/?${text}` }),
    ...('leaveUrl' in sampleView(kind) && { leaveUrl: `https://shop.example/?${text}` }),
  } as CheckoutView;
}

function notes(text: string): Partial<CheckoutBrand> {
  const note = { text, language: 'ar' } as const;
  return {
    payNote: note,
    resultNote: note,
    legalLinks: { terms: text, privacy: text, imprint: text },
    languages: ['en', 'ar', 'de'],
  };
}
