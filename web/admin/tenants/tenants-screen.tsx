import { useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useMemo, useState } from 'react';
import type { Tenant } from '../../../sdk/src/api.generated.ts';
import { Button } from '../../ui/button.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { TextLink } from '../frame/links.tsx';
import { useApi } from '../frame/use-api.ts';
import { useAnywhere } from '../frame/use-place.ts';
import { ListScreen } from '../list/list-screen.tsx';
import { tenantColumns } from './tenant-columns.tsx';
import type { TENANT_FILTERS } from './tenants-search.ts';
import { useTenantTexts } from './use-tenant-texts.ts';

const CreateDialog = lazy(() => import('./create-dialog.tsx').then((module) => ({ default: module.CreateDialog })));

type FilterName = (typeof TENANT_FILTERS)[number];

const STATUSES = ['active', 'suspended', 'removed'] as const;

/** Every tenant of the installation. */
export function TenantsScreen() {
  const words = useTenantTexts();
  const { words: ui } = useSpeech();
  const api = useApi();
  const { may } = useAnywhere();
  const search = useSearch({ from: '/inside/operator/tenants' });
  const navigate = useNavigate();
  const [isAdding, setAdding] = useState(false);
  const columns = useMemo(() => tenantColumns(words, linkTo), [words]);
  return (
    <>
      <ListScreen<Tenant, FilterName>
        name="tenants"
        title={words.title}
        permission="tenant:read"
        columns={columns}
        filters={[
          { name: 'q', label: words.search },
          {
            name: 'status',
            label: words.status,
            choices: STATUSES.map((value) => ({ value, label: words.statuses[value] })),
          },
          { name: 'parentTenantId', label: words.parent },
        ]}
        search={search}
        onSearch={(next) => void navigate({ to: '/operator/tenants', search: next })}
        read={({ status, ...query }, signal) =>
          api.operator.listTenants({ ...query, status: STATUSES.find((one) => one === status) }, { signal })
        }
        emptyTitle={words.emptyTitle}
        emptyHint={words.emptyHint}
        actions={
          <Button
            look="primary"
            whyNot={may('tenant:create') ? null : ui.noPermissionHint('tenant:create')}
            onClick={() => setAdding(true)}
          >
            {words.add}
          </Button>
        }
      />
      <Suspense>{isAdding && <CreateDialog onClose={() => setAdding(false)} />}</Suspense>
    </>
  );
}

function linkTo({ id, name }: Tenant) {
  return (
    <TextLink to="/operator/tenants/$id" params={{ id }}>
      {name}
    </TextLink>
  );
}
