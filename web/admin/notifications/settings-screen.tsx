import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { buttonClass } from '../../ui/button.tsx';
import { NoPermission } from '../../ui/condition.tsx';
import { ChoiceField } from '../../ui/field.tsx';
import { ReadResult } from '../frame/read-result.tsx';
import { ScreenHead } from '../frame/screen-head.tsx';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { AddressesCard } from './addresses-card.tsx';
import { EgressCard } from './egress-card.tsx';
import { SettingsForm } from './settings-form.tsx';
import { useSettingsTexts } from './use-settings-texts.ts';

const PRODUCTS_MAX = 100;

/** Whether a tenant is told, where and of what; and what its products say instead. */
export function SettingsScreen() {
  const { may } = useHere();
  return may('notification-settings:read') ? (
    <OpenSettings />
  ) : (
    <NoPermission permission="notification-settings:read" />
  );
}

function OpenSettings() {
  const words = useSettingsTexts();
  const api = useApi();
  const { key, place, may } = useHere();
  const { productId = null } = useSearch({ from: '/inside/$tenantId/$mode/notifications' });
  const found = useQuery({
    queryKey: [...key, 'notification-settings', productId],
    queryFn: async ({ signal }) => {
      const [tenant, product] = await Promise.all([
        api.notifications.getSettings({ signal }),
        productId === null ? null : api.notifications.getProductSettings(productId, { signal }),
      ]);
      return { tenant, product };
    },
    // What somebody is changing is not replaced under their hands.
    refetchOnWindowFocus: false,
  });
  return (
    <div className="grid gap-4">
      <ScreenHead title={words.title} hint={words.hint}>
        <Link to="/$tenantId/$mode/notifications/effective" params={place} className={buttonClass()}>
          {words.effective}
        </Link>
      </ScreenHead>
      {may('product:read') && <ProductChoice productId={productId} />}
      <ReadResult of={found}>
        {({ tenant, product }) => (
          <SettingsForm
            key={`${productId} ${tenant.updatedAt} ${product?.updatedAt}`}
            tenant={tenant}
            product={product}
          />
        )}
      </ReadResult>
      {may('webhook:read') && <AddressesCard productId={productId} />}
      <EgressCard />
    </div>
  );
}

function ProductChoice({ productId }: { readonly productId: string | null }) {
  const words = useSettingsTexts();
  const api = useApi();
  const { key, place } = useHere();
  const navigate = useNavigate();
  const products = useQuery({
    queryKey: [...key, 'products', 'all'],
    queryFn: async ({ signal }) => (await api.products.list({ limit: PRODUCTS_MAX }, { signal })).data,
  });
  const choices = (products.data ?? []).map(({ id, name }) => ({ value: id, label: name }));
  return (
    <ChoiceField
      label={words.whose}
      hint={products.data?.length === 0 ? words.noProducts : undefined}
      className="max-w-md"
      value={productId ?? ''}
      onChange={({ target: { value } }) =>
        void navigate({
          to: '/$tenantId/$mode/notifications',
          params: place,
          search: value === '' ? {} : { productId: value },
        })
      }
      choices={[{ value: '', label: words.everyProduct }, ...choices]}
    />
  );
}
