import { useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useMemo, useState } from 'react';
import type { ProviderAccount } from '../../../sdk/src/api.generated.ts';
import { Button } from '../../ui/button.tsx';
import type { Column } from '../../ui/data-table.tsx';
import { Copyable, Time } from '../../ui/value.tsx';
import { useSpeech } from '../../ui/words.tsx';
import type { Place } from '../api/send.ts';
import { TextLink } from '../frame/links.tsx';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { ListScreen } from '../list/list-screen.tsx';
import { AccountStatus, CircuitState } from './account-status.tsx';
import type { ProviderTexts } from './texts-en.ts';
import { useProviderTexts } from './use-provider-texts.ts';

const AddDialog = lazy(() =>
  import('./add-account-dialog.tsx').then((module) => ({ default: module.AddAccountDialog })),
);

/** The accounts that payments may go to. */
export function AccountsScreen() {
  const words = useProviderTexts();
  const { words: ui } = useSpeech();
  const api = useApi();
  const { place, may } = useHere();
  const search = useSearch({ from: '/inside/$tenantId/$mode/provider-accounts' });
  const navigate = useNavigate();
  const [isAdding, setAdding] = useState(false);
  const columns = useMemo(() => columnsOf(words, place), [words, place]);
  return (
    <>
      <ListScreen<ProviderAccount, never>
        name="provider-accounts"
        title={words.title}
        permission="provider-account:read"
        columns={columns}
        filters={[]}
        search={search}
        onSearch={(next) => void navigate({ to: '/$tenantId/$mode/provider-accounts', params: place, search: next })}
        read={(query, signal) => api.providerAccounts.list(query, { signal })}
        emptyTitle={words.emptyTitle}
        emptyHint={words.emptyHint}
        actions={
          <Button
            look="primary"
            whyNot={may('provider-account:create') ? null : ui.noPermissionHint('provider-account:create')}
            onClick={() => setAdding(true)}
          >
            {words.add}
          </Button>
        }
      />
      <Suspense>{isAdding && <AddDialog onClose={() => setAdding(false)} />}</Suspense>
    </>
  );
}

function columnsOf(words: ProviderTexts, place: Place): readonly Column<ProviderAccount>[] {
  return [
    {
      id: 'name',
      title: words.name,
      isMain: true,
      show: ({ id, name }) => (
        <TextLink to="/$tenantId/$mode/provider-accounts/$accountId" params={{ ...place, accountId: id }}>
          {name}
        </TextLink>
      ),
    },
    { id: 'status', title: words.status, isMain: true, show: ({ status }) => <AccountStatus status={status} /> },
    { id: 'provider', title: words.provider, show: ({ provider }) => provider },
    { id: 'priority', title: words.priority, isNumber: true, show: ({ priority }) => priority },
    { id: 'circuit', title: words.circuit, show: ({ circuit }) => <CircuitState state={circuit.state} /> },
    { id: 'updated', title: words.updated, show: ({ updatedAt }) => <Time at={updatedAt} /> },
    { id: 'created', title: words.created, isExtra: true, show: ({ createdAt }) => <Time at={createdAt} /> },
    { id: 'id', title: words.id, isExtra: true, show: ({ id }) => <Copyable text={id} what={words.id} isShort /> },
  ];
}
