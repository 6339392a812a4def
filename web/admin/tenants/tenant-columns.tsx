import type { ReactNode } from 'react';
import type { Tenant } from '../../../sdk/src/api.generated.ts';
import type { Column } from '../../ui/data-table.tsx';
import { Copyable, Time } from '../../ui/value.tsx';
import { TenantStatus } from './tenant-status.tsx';
import type { TenantTexts } from './texts-en.ts';

/** What lists of tenants show of each. */
export function tenantColumns(words: TenantTexts, linkTo: (tenant: Tenant) => ReactNode): readonly Column<Tenant>[] {
  return [
    { id: 'name', title: words.name, isMain: true, show: linkTo },
    { id: 'status', title: words.status, isMain: true, show: ({ status }) => <TenantStatus status={status} /> },
    { id: 'appName', title: words.appName, show: ({ appName }) => <code className="text-sm">{appName}</code> },
    { id: 'currency', title: words.currency, show: ({ currency }) => currency },
    { id: 'created', title: words.created, show: ({ createdAt }) => <Time at={createdAt} /> },
    { id: 'parent', title: words.parent, isExtra: true, show: ({ parentTenantId }) => parentTenantId ?? '–' },
    { id: 'id', title: words.id, isExtra: true, show: ({ id }) => <Copyable text={id} what={words.id} isShort /> },
  ];
}
