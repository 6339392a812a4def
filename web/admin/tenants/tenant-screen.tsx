import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import type { Tenant } from '../../../sdk/src/api.generated.ts';
import { buttonClass } from '../../ui/button.tsx';
import { Switch } from '../../ui/choice.tsx';
import { NoPermission } from '../../ui/condition.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { FactsCard } from '../../ui/facts.tsx';
import { Copyable, Time } from '../../ui/value.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { BackLink, TextLink } from '../frame/links.tsx';
import { ReadResult } from '../frame/read-result.tsx';
import { ScreenHead } from '../frame/screen-head.tsx';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import { useAnywhere } from '../frame/use-place.ts';
import { TenantActions } from './tenant-actions.tsx';
import { tenantColumns } from './tenant-columns.tsx';
import { TenantStatus } from './tenant-status.tsx';
import { useTenantTexts } from './use-tenant-texts.ts';

const CHILDREN_SHOWN = 100;

/** One tenant, as those see it who run the installation. */
export function TenantScreen() {
  const words = useTenantTexts();
  const api = useApi();
  const { key, may } = useAnywhere();
  const { id } = useParams({ from: '/inside/operator/tenants/$id' });
  const found = useQuery({
    queryKey: [...key, 'tenants', 'one', id],
    queryFn: ({ signal }) => api.operator.getTenant(id, { signal }),
    enabled: may('tenant:read'),
  });
  if (!may('tenant:read')) return <NoPermission permission="tenant:read" />;
  return (
    <>
      <BackLink to="/operator/tenants">{words.back}</BackLink>
      <ReadResult of={found} isPage>
        {(tenant) => <Whole tenant={tenant} />}
      </ReadResult>
    </>
  );
}

function Whole({ tenant }: { readonly tenant: Tenant }) {
  const words = useTenantTexts();
  return (
    <div className="grid gap-4">
      <ScreenHead title={tenant.name} beside={<TenantStatus status={tenant.status} />}>
        {tenant.status === 'active' && (
          <Link
            to="/$tenantId/$mode/payments"
            params={{ tenantId: tenant.id, mode: 'test' }}
            className={buttonClass('primary')}
          >
            {words.enter}
          </Link>
        )}
        <TenantActions tenant={tenant} />
      </ScreenHead>
      <FactsCard
        title={words.facts}
        shape="columns"
        facts={[
          [words.appName, <code key="app">{tenant.appName}</code>],
          [words.currency, tenant.currency],
          [words.created, <Time key="created" at={tenant.createdAt} />],
          [
            words.parent,
            tenant.parentTenantId !== null && (
              <TextLink to="/operator/tenants/$id" params={{ id: tenant.parentTenantId }}>
                {tenant.parentTenantId}
              </TextLink>
            ),
          ],
          [words.id, <Copyable key="id" text={tenant.id} what={words.id} />],
        ]}
      />
      <Children tenant={tenant} />
    </div>
  );
}

function Children({ tenant }: { readonly tenant: Tenant }) {
  const words = useTenantTexts();
  const { words: ui } = useSpeech();
  const api = useApi();
  const { key, may } = useAnywhere();
  const act = useAct({
    run: (mayHaveChildren: boolean) => api.operator.updateTenant(tenant.id, { mayHaveChildren }),
    done: words.standingChanged,
    refreshes: [[...key, 'tenants']],
  });
  const children = useQuery({
    queryKey: [...key, 'tenants', 'children', tenant.id],
    queryFn: ({ signal }) => api.operator.listTenants({ parentTenantId: tenant.id, limit: CHILDREN_SHOWN }, { signal }),
  });
  const whyNot = may('tenant:update') ? null : ui.noPermissionHint('tenant:update');
  return (
    <section aria-label={words.childrenTitle} className="card overflow-clip">
      <div className="grid gap-3 p-4">
        <h2 className="font-semibold">{words.childrenTitle}</h2>
        <Switch
          label={words.mayHaveChildren}
          hint={words.mayHaveChildrenHint}
          isOn={tenant.mayHaveChildren}
          onSwitch={(isOn) => act.mutate(isOn)}
          whyNot={tenant.status === 'removed' ? words.whyRemoved : whyNot}
        />
      </div>
      <ReadResult of={children} rows={2}>
        {({ data }) =>
          data.length === 0 ? (
            <p className="px-4 pb-4 text-muted">{words.noChildren}</p>
          ) : (
            <DataTable
              caption={words.childrenTitle}
              rows={data}
              keyOf={({ id }) => id}
              columns={tenantColumns(words, ({ id, name }) => (
                <TextLink to="/operator/tenants/$id" params={{ id }}>
                  {name}
                </TextLink>
              )).filter(({ isExtra }) => isExtra !== true)}
            />
          )
        }
      </ReadResult>
    </section>
  );
}
