import { useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useMemo, useState } from 'react';
import type { Tenant } from '../../../sdk/src/api.generated.ts';
import { Button } from '../../ui/button.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { TextLink } from '../frame/links.tsx';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { ListScreen } from '../list/list-screen.tsx';
import { tenantColumns } from './tenant-columns.tsx';
import { useTenantTexts } from './use-tenant-texts.ts';

const CreateDialog = lazy(() => import('./create-dialog.tsx').then((module) => ({ default: module.CreateDialog })));

/** The tenants that a tenant acts for; each opens as a place of its own. */
export function ChildrenScreen() {
  const words = useTenantTexts();
  const { words: ui } = useSpeech();
  const api = useApi();
  const { place, may } = useHere();
  const search = useSearch({ from: '/inside/$tenantId/$mode/child-tenants' });
  const navigate = useNavigate();
  const [isAdding, setAdding] = useState(false);
  const columns = useMemo(
    () =>
      tenantColumns(words, ({ id, name, status }: Tenant) =>
        status === 'active' ? (
          <TextLink to="/$tenantId/$mode" params={{ ...place, tenantId: id }}>
            {name}
          </TextLink>
        ) : (
          name
        ),
      ).filter(({ id }) => id !== 'parent'),
    [words, place],
  );
  return (
    <>
      <ListScreen<Tenant, never>
        name="child-tenants"
        title={words.childrenTitle}
        hint={words.childrenHint}
        permission="child-tenant:read"
        columns={columns}
        filters={[]}
        search={search}
        onSearch={(next) => void navigate({ to: '/$tenantId/$mode/child-tenants', params: place, search: next })}
        read={(query, signal) => api.childTenants.list(query, { signal })}
        emptyTitle={words.noChildren}
        emptyHint={words.childrenHint}
        actions={
          <Button
            look="primary"
            whyNot={may('child-tenant:create') ? null : ui.noPermissionHint('child-tenant:create')}
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
