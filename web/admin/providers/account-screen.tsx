import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import type { ProviderAccount } from '../../../sdk/src/api.generated.ts';
import { CodeBlock } from '../../ui/code-block.tsx';
import { Loading, NoPermission } from '../../ui/condition.tsx';
import { FactsCard } from '../../ui/facts.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { Copyable, Time } from '../../ui/value.tsx';
import { BackLink } from '../frame/links.tsx';
import { ReadResult } from '../frame/read-result.tsx';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { Abilities } from './abilities.tsx';
import { AccountActions } from './account-actions.tsx';
import { AccountStatus } from './account-status.tsx';
import { CircuitCard } from './circuit-card.tsx';
import type { ProviderTexts } from './texts-en.ts';
import { useProviderTexts } from './use-provider-texts.ts';

const CheckNotification = lazy(() =>
  import('./check-notification.tsx').then((module) => ({ default: module.CheckNotification })),
);
const Certify = lazy(() => import('./certify.tsx').then((module) => ({ default: module.Certify })));

/** One account: what it is, what it can do, where its notifications go, how it has lately answered. */
export function AccountScreen() {
  const { may } = useHere();
  return may('provider-account:read') ? <OpenAccount /> : <NoPermission permission="provider-account:read" />;
}

function OpenAccount() {
  const words = useProviderTexts();
  const api = useApi();
  const { key, place } = useHere();
  const { accountId } = useParams({ from: '/inside/$tenantId/$mode/provider-accounts/$accountId' });
  const found = useQuery({
    queryKey: [...key, 'provider-accounts', accountId],
    queryFn: ({ signal }) => api.providerAccounts.get(accountId, { signal }),
  });
  return (
    <>
      <BackLink to="/$tenantId/$mode/provider-accounts" params={place}>
        {words.back}
      </BackLink>
      <ReadResult of={found} isPage>
        {(account) => <Whole account={account} />}
      </ReadResult>
    </>
  );
}

function Whole({ account }: { readonly account: ProviderAccount }) {
  const words = useProviderTexts();
  const { previousCredentialsUntil } = account;
  return (
    <div className="grid gap-4">
      <div className="flex flex-wrap items-center gap-3">
        <h1 className="text-xl font-semibold [overflow-wrap:anywhere]">{account.name}</h1>
        <AccountStatus status={account.status} />
        {account.name !== account.provider && <span className="text-muted">{account.provider}</span>}
      </div>
      {account.status === 'disabled' && <p className="text-muted">{words.disabledHint}</p>}
      {account.capabilities === null && <p className="text-bad">{words.notServed}</p>}
      {previousCredentialsUntil !== null && (
        <p className="rounded-md bg-info-soft px-3 py-2 text-info">
          {words.rotationRuns} <Time at={previousCredentialsUntil} />
        </p>
      )}
      <AccountActions account={account} />
      <Parts account={account} />
    </div>
  );
}

function Parts({ account }: { readonly account: ProviderAccount }) {
  const words = useProviderTexts();
  return (
    <Tabs
      label={words.title}
      tabs={[
        { name: 'about', title: words.tabs.about, content: <About account={account} /> },
        {
          name: 'check',
          title: words.tabs.check,
          content: (
            <Suspense fallback={<Loading />}>
              <CheckNotification accountId={account.id} />
            </Suspense>
          ),
        },
        {
          name: 'certify',
          title: words.tabs.certify,
          content: (
            <Suspense fallback={<Loading />}>
              <Certify account={account} />
            </Suspense>
          ),
        },
      ]}
    />
  );
}

function About({ account }: { readonly account: ProviderAccount }) {
  const words = useProviderTexts();
  const set = account.credentialsSet.map((name) => (
    <code key={name} className="me-2 inline-block rounded bg-idle-soft px-1.5 font-mono text-sm">
      {name}
    </code>
  ));
  return (
    <div className="grid items-start gap-4 xl:grid-cols-2">
      <FactsCard
        shape="pairs"
        title={words.tabs.about}
        facts={[
          [words.id, <Copyable key="id" text={account.id} what={words.id} />],
          [words.provider, account.provider],
          [words.priority, account.priority],
          [words.credentials, <span key="set">{set}</span>],
          [words.cutOff, cutOffText(account, words)],
          [words.created, <Time key="created" at={account.createdAt} />],
          [words.updated, <Time key="updated" at={account.updatedAt} />],
        ]}
      >
        <div className="grid gap-1">
          <h3 className="text-sm font-medium">{words.hook}</h3>
          <CodeBlock text={account.notificationUrl} label={words.hook} />
          <p className="text-sm text-muted">{words.hookHint}</p>
        </div>
      </FactsCard>
      {account.capabilities !== null && <Abilities capabilities={account.capabilities} />}
      <CircuitCard account={account} />
    </div>
  );
}

function cutOffText({ capabilities, reversalCutOff }: ProviderAccount, words: ProviderTexts): string {
  if (capabilities?.reversal !== true) return words.noReversals;
  if (reversalCutOff === null) return words.noCutOff;
  return 'afterSeconds' in reversalCutOff
    ? words.cutOffAfter(reversalCutOff.afterSeconds)
    : words.cutOffDaily(reversalCutOff.dailyAt, reversalCutOff.timeZone);
}
