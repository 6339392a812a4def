/** How a partner gateway's notifications are signed, as data. */
export interface PartnerWebhookProfile {
  /** The member that holds the signature. */
  readonly signature: string;
  /** Names in the order in which their values are signed; or all that begin with a prefix, in the order of their names. */
  readonly signed: readonly string[] | { readonly prefix: string; readonly except: readonly string[] };
  readonly separator: string;
  /** With a shared secret; a public key always verifies RSA-SHA256 in base64. `sha256`: of text and secret, joined. */
  readonly algorithm: 'hmac-sha256' | 'sha256';
  /** The member that says when it was signed; null where none does, and age proves nothing. */
  readonly timestamp: string | null;
}

/** The contract of Bluecom, which the dialect `partner` speaks unless its endpoint says otherwise. docs/dialects/partner.md */
export const BLUECOM: PartnerWebhookProfile = {
  signature: 'signature',
  signed: [
    'merchantCode',
    'orderId',
    'providerRef',
    'refundId',
    'eventType',
    'status',
    'amount',
    'currency',
    'paidAt',
    'timestamp',
    'nonce',
  ],
  separator: '|',
  algorithm: 'hmac-sha256',
  timestamp: 'timestamp',
};

/**
 * NeoPay. Values that lean on each other can be cut in more than one way and carry no time: take what it says for a
 * hint, and ask. https://docs.neox.vn/docs/payment-gateway/transaction-management/ipn
 */
export const NEOPAY: PartnerWebhookProfile = {
  signature: 'neo_SecureHash',
  signed: { prefix: 'neo_', except: ['neo_TransAmount', 'neo_ExtData', 'neo_PaymentMethod'] },
  separator: '',
  algorithm: 'sha256',
  timestamp: null,
};

/** The text that a signature covers; null where it could be read in two ways. */
export function textToSign(profile: PartnerWebhookProfile, members: Readonly<Record<string, unknown>>): string | null {
  const { signed, separator } = profile;
  const values: string[] = [];
  for (const name of isList(signed) ? signed : namesWithin(profile, signed, members)) {
    const value = Object.hasOwn(members, name) ? (members[name] ?? '') : '';
    if (typeof value !== 'string' && !Number.isSafeInteger(value)) return null;
    const text = String(value);
    // A lone surrogate is written as the same bytes as any other one.
    const isAmbiguous = (separator !== '' && text.includes(separator)) || /[\p{Cc}\p{Cs}]/u.test(text);
    if (isAmbiguous) return null;
    if (text !== '' || isList(signed)) values.push(text);
  }
  return values.join(separator);
}

function isList(signed: PartnerWebhookProfile['signed']): signed is readonly string[] {
  return Array.isArray(signed);
}

function namesWithin(
  { signature }: PartnerWebhookProfile,
  { prefix, except }: { readonly prefix: string; readonly except: readonly string[] },
  members: Readonly<Record<string, unknown>>,
): readonly string[] {
  return Object.keys(members)
    .filter((name) => name.startsWith(prefix) && name !== signature && !except.includes(name))
    .sort();
}
