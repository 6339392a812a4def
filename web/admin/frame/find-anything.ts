import type { OperatorSearchHit, SearchHit, TollgateApi } from '../../../sdk/src/api.generated.ts';
import type { IconName } from '../../ui/icon.tsx';
import type { Place } from '../api/send.ts';

export type HitType = SearchHit['type'];

/** Something that a search found, and the address that shows it. */
export interface Found {
  readonly id: string;
  readonly type: HitType;
  readonly title: string;
  readonly subtitle: string;
  readonly href: string;
}

/** The folder of each kind of object in the addresses of a tenant. */
const FOLDERS: Readonly<Record<Exclude<HitType, 'tenant'>, string>> = {
  payment: 'payments',
  capture: 'captures',
  refund: 'refunds',
  reversal: 'reversals',
  dispute: 'disputes',
  event: 'events',
  delivery: 'deliveries',
  inbound_event: 'inbound',
  webhook_endpoint: 'webhooks',
  product: 'products',
  checkout: 'checkouts',
  qr_code: 'qr-codes',
  provider_account: 'provider-accounts',
  statement: 'statements',
  payout: 'payouts',
  reconciliation_exception: 'reconciliation-exceptions',
};

export const HIT_ICONS: Readonly<Partial<Record<HitType, IconName>>> = {
  payment: 'card',
  refund: 'back',
  reversal: 'back',
  delivery: 'send',
  webhook_endpoint: 'signal',
  inbound_event: 'down',
  event: 'dots',
  tenant: 'user',
};

/**
 * What people mean by a few letters, as the API finds it: in a tenant and mode, or, without a place, in the installation.
 * What has no screen is left out.
 */
export async function findAnything(
  api: TollgateApi,
  place: Place | null,
  text: string,
  hasScreen: (path: string) => boolean,
  signal: AbortSignal,
): Promise<readonly Found[]> {
  const { data } =
    place === null
      ? await api.operator.searchInstallation({ q: text }, { signal })
      : await api.panel.searchObjects({ q: text }, { signal });
  return data.flatMap((hit) => {
    const href = addressOf(hit, place ?? placeOf(hit as OperatorSearchHit), hasScreen);
    const { id, type, title, subtitle } = hit;
    return href === null ? [] : [{ id, type, title, subtitle, href }];
  });
}

function placeOf({ tenantId, mode }: OperatorSearchHit): Place {
  return { tenantId, mode: mode ?? 'test' };
}

function addressOf({ id, type }: SearchHit, place: Place, hasScreen: (path: string) => boolean): string | null {
  if (type === 'tenant') return hasScreen('/operator/tenants/$') ? `/operator/tenants/${id}` : `/${id}/test`;
  const folder = FOLDERS[type];
  if (hasScreen(`/$tenantId/$mode/${folder}/$`)) return `/${place.tenantId}/${place.mode}/${folder}/${id}`;
  return hasScreen(`/$tenantId/$mode/${folder}`) ? `/${place.tenantId}/${place.mode}/${folder}` : null;
}
