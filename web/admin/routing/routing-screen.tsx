import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useMemo, useState } from 'react';
import type { ProviderAccount } from '../../../sdk/src/api.generated.ts';
import { Button, buttonClass } from '../../ui/button.tsx';
import { Condition, Loading, NoPermission } from '../../ui/condition.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { Failure } from '../failure.tsx';
import { TextLink } from '../frame/links.tsx';
import { ScreenHead } from '../frame/screen-head.tsx';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { AccountStatus, CircuitState } from '../providers/account-status.tsx';
import { DryRun } from './dry-run.tsx';
import { ExplainPayment } from './explain-payment.tsx';
import { rulesText } from './rules-text.ts';
import { inOrder, shareOf } from './share-of.ts';
import { useRoutingTexts } from './use-routing-texts.ts';

const RulesDialog = lazy(() => import('./rules-dialog.tsx').then((module) => ({ default: module.RulesDialog })));

const ACCOUNTS_MAX = 100;

/** Which account payments go to, why, and where one would go. */
export function RoutingScreen() {
  const { may } = useHere();
  return may('provider-account:read') ? <OpenRouting /> : <NoPermission permission="provider-account:read" />;
}

function OpenRouting() {
  const words = useRoutingTexts();
  const api = useApi();
  const { key, place } = useHere();
  const found = useQuery({
    queryKey: [...key, 'provider-accounts', 'order'],
    queryFn: ({ signal }) => api.providerAccounts.list({ limit: ACCOUNTS_MAX }, { signal }),
  });
  const accounts = found.data?.data;
  return (
    <div className="grid gap-4">
      <ScreenHead title={words.title} hint={words.hint} />
      {found.isPending && <Loading rows={5} />}
      {found.isError && !found.data && <Failure error={found.error} onRetry={() => void found.refetch()} />}
      {accounts?.length === 0 && (
        <Condition icon="right" title={words.emptyTitle}>
          <p>{words.emptyHint}</p>
          <Link to="/$tenantId/$mode/provider-accounts" params={place} className={buttonClass('primary')}>
            {words.toAccounts}
          </Link>
        </Condition>
      )}
      {accounts !== undefined && accounts.length > 0 && (
        <>
          <Order accounts={accounts} />
          {found.data?.hasMore && <p className="text-sm text-muted">{words.cut}</p>}
          <div className="grid items-start gap-4 xl:grid-cols-2">
            <DryRun />
            <ExplainPayment accounts={accounts} />
          </div>
        </>
      )}
    </div>
  );
}

function Order({ accounts }: { readonly accounts: readonly ProviderAccount[] }) {
  const words = useRoutingTexts();
  const { words: ui, locale } = useSpeech();
  const { place, may } = useHere();
  const [edited, setEdited] = useState<ProviderAccount | null>(null);
  const columns = useMemo((): readonly Column<ProviderAccount>[] => {
    const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
    const whyNot = may('provider-account:update') ? null : ui.noPermissionHint('provider-account:update');
    const share = (account: ProviderAccount): string => {
      const part = shareOf(account, accounts);
      if (part !== null) return percent.format(part);
      return account.status === 'active' ? words.spare : '–';
    };
    return [
      {
        id: 'account',
        title: words.account,
        isMain: true,
        show: ({ id, name }) => (
          <TextLink to="/$tenantId/$mode/provider-accounts/$accountId" params={{ ...place, accountId: id }}>
            {name}
          </TextLink>
        ),
      },
      { id: 'priority', title: words.priority, isNumber: true, show: ({ priority }) => priority },
      { id: 'share', title: words.share, isNumber: true, show: share },
      { id: 'rules', title: words.rules, show: ({ routing }) => rulesText(routing, words, locale) },
      { id: 'circuit', title: words.circuit, show: ({ circuit }) => <CircuitState state={circuit.state} /> },
      { id: 'status', title: words.status, show: ({ status }) => <AccountStatus status={status} /> },
      {
        id: 'edit',
        title: words.edit,
        isMain: true,
        isNumber: true,
        show: (account) => (
          <Button whyNot={whyNot} aria-label={words.editOf(account.name)} onClick={() => setEdited(account)}>
            {words.edit}
          </Button>
        ),
      },
    ];
  }, [accounts, words, ui, locale, place, may]);
  return (
    <section aria-label={words.order} className="card overflow-clip">
      <DataTable caption={words.order} columns={columns} rows={inOrder(accounts)} keyOf={({ id }) => id} />
      <Suspense>{edited !== null && <RulesDialog account={edited} onClose={() => setEdited(null)} />}</Suspense>
    </section>
  );
}
