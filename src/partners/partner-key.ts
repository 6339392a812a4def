import type { Mode } from '../kernel/caller.ts';
import type { SealedPlace } from '../keys/sealer.ts';

/** What a partner signs its requests with, and we our answers and notifications to it. */
export interface PartnerKey {
  readonly tenantId: string;
  readonly partnerKeyId: string;
  readonly mode: Mode;
  /** The partner's name in every message; unique in the installation, for ever. */
  readonly merchantCode: string;
  readonly name: string;
  readonly algorithm: PartnerAlgorithm;
  readonly presentation: PartnerPresentation;
  readonly status: 'active' | 'revoked';
  readonly keySealed: Uint8Array;
  /** The key before a rotation; until then it still verifies, and signs what we send by ourselves. */
  readonly previousKey: { readonly sealed: Uint8Array; readonly until: Temporal.Instant } | null;
  readonly createdAt: Temporal.Instant;
  readonly updatedAt: Temporal.Instant;
}

/** What a partner may be called; without the bar that stands between signed values. */
export const MERCHANT_CODE = /^[A-Za-z0-9_-]{3,64}$/;

export const PARTNER_ALGORITHMS = ['hmac-sha256', 'rsa-sha256'] as const;
export type PartnerAlgorithm = (typeof PARTNER_ALGORITHMS)[number];

/** `qr`: the address of the payment's page is given as the text of a QR code, for pages that cannot stand in a frame. */
export const PARTNER_PRESENTATIONS = ['redirect', 'qr'] as const;
export type PartnerPresentation = (typeof PARTNER_PRESENTATIONS)[number];

/** Nothing leaves a revoked key. */
export const PARTNER_KEY_TRANSITIONS: Readonly<Record<PartnerKey['status'], readonly PartnerKey['status'][]>> = {
  active: ['revoked'],
  revoked: [],
};

type Named = Pick<PartnerKey, 'tenantId' | 'partnerKeyId'>;

/** Where a key stands; bound into the sealed bytes. */
export function partnerKeyPlace(key: Named): SealedPlace {
  return placeOf(key, 'key_sealed');
}

/** Where the key before a rotation stands: bytes of the one column do not open in the other. */
export function previousPartnerKeyPlace(key: Named): SealedPlace {
  return placeOf(key, 'previous_key_sealed');
}

function placeOf({ tenantId, partnerKeyId }: Named, column: string): SealedPlace {
  return { tenantId, table: 'partner_keys', column, row: partnerKeyId };
}
