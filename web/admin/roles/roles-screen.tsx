import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import type { Role } from '../../../sdk/src/api.generated.ts';
import { TENANT_ROLES, tenantPermissions } from '../../../src/access/permission.ts';
import { TENANT_ROLE_RIGHTS } from '../../../src/access/role.ts';
import { Button } from '../../ui/button.tsx';
import { NoPermission } from '../../ui/condition.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { ReadResult } from '../frame/read-result.tsx';
import { ScreenHead } from '../frame/screen-head.tsx';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { OwnRoles } from './own-roles.tsx';
import { RoleMatrix } from './role-matrix.tsx';
import { useRoleTexts } from './use-role-texts.ts';

const RoleDialog = lazy(() => import('./role-dialog.tsx').then((module) => ({ default: module.RoleDialog })));

/** More than a tenant may have. */
const ROLES_MAX = 100;

/** What the roles of a tenant may do, the built-in ones and its own. */
export function RolesScreen() {
  const words = useRoleTexts();
  const { words: ui } = useSpeech();
  const api = useApi();
  const { key, may } = useHere();
  const [open, setOpen] = useState<'add' | Role | null>(null);
  const own = useQuery({
    queryKey: [...key, 'roles'],
    queryFn: ({ signal }) => api.roles.list({ limit: ROLES_MAX }, { signal }),
    enabled: may('role:read'),
  });
  if (!may('role:read')) return <NoPermission permission="role:read" />;
  return (
    <div className="grid gap-4">
      <ScreenHead title={words.title} hint={words.hint}>
        <Button
          look="primary"
          whyNot={may('role:create') ? null : ui.noPermissionHint('role:create')}
          onClick={() => setOpen('add')}
        >
          {words.add}
        </Button>
      </ScreenHead>
      <section aria-label={words.own} className="card grid gap-2 p-4">
        <h2 className="font-semibold">{words.own}</h2>
        <p className="text-sm text-muted">{words.ownHint}</p>
        <ReadResult of={own} rows={2}>
          {({ data }) => <OwnRoles roles={data} onChange={setOpen} />}
        </ReadResult>
      </section>
      <RoleMatrix
        roles={[
          ...TENANT_ROLES.map((name) => ({ id: name, name, permissions: TENANT_ROLE_RIGHTS[name] })),
          ...(own.data?.data ?? []),
        ]}
        all={tenantPermissions().map(([permission, { allows }]) => ({ permission, allows }))}
      />
      <Suspense>
        {open !== null && <RoleDialog role={open === 'add' ? null : open} onClose={() => setOpen(null)} />}
      </Suspense>
    </div>
  );
}
