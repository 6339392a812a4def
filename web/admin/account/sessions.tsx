import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import type { OwnSession } from '../../../sdk/src/api.generated.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Time } from '../../ui/value.tsx';
import { ConfirmDialog } from '../frame/confirm-dialog.tsx';
import { ReadResult } from '../frame/read-result.tsx';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import type { AccountTexts } from './texts-en.ts';
import { useAccountTexts } from './use-account-texts.ts';

/** Where somebody is signed in; each can be ended, and all of them at once. */
export function Sessions() {
  const words = useAccountTexts();
  const api = useApi();
  const [isLeaving, setLeaving] = useState(false);
  const found = useQuery({
    queryKey: ['account', 'sessions'],
    queryFn: ({ signal }) => api.yourAccount.listSessions({ signal }),
  });
  const { mutate, isPending } = useAct({
    run: (id: string) => api.yourAccount.revokeSession(id),
    done: words.signedOutThere,
    refreshes: [['account', 'sessions']],
  });
  const columns = useMemo(() => columnsOf(words, mutate, isPending), [words, mutate, isPending]);
  return (
    <section aria-label={words.sessions} className="card">
      <div className="flex flex-wrap items-center justify-between gap-2 p-4 pb-2">
        <h2 className="font-semibold">{words.sessions}</h2>
        <Button onClick={() => setLeaving(true)}>{words.everywhere}</Button>
      </div>
      <ReadResult of={found} rows={3}>
        {({ data }) => <DataTable caption={words.sessions} columns={columns} rows={data} keyOf={({ id }) => id} />}
      </ReadResult>
      {isLeaving && <LeaveEverywhere onClose={() => setLeaving(false)} />}
    </section>
  );
}

function columnsOf(words: AccountTexts, revoke: (id: string) => void, isBusy: boolean): readonly Column<OwnSession>[] {
  return [
    {
      id: 'device',
      title: words.device,
      isMain: true,
      show: ({ userAgent }) => <span className="[overflow-wrap:anywhere]">{userAgent}</span>,
    },
    { id: 'method', title: words.method, show: ({ method }) => words.methods[method] },
    { id: 'address', title: words.address, show: ({ address }) => address },
    { id: 'lastSeen', title: words.lastSeen, show: ({ lastSeenAt }) => <Time at={lastSeenAt} /> },
    { id: 'ends', title: words.ends, show: ({ endsAt }) => <Time at={endsAt} /> },
    {
      id: 'revoke',
      title: words.signOutThere,
      isMain: true,
      isNumber: true,
      show: ({ id, current }) =>
        current ? (
          <Badge tone="info" icon="user" label={words.thisOne} />
        ) : (
          <Button look="quiet" isBusy={isBusy} onClick={() => revoke(id)}>
            {words.signOutThere}
          </Button>
        ),
    },
  ];
}

function LeaveEverywhere({ onClose }: { readonly onClose: () => void }) {
  const words = useAccountTexts();
  const api = useApi();
  const client = useQueryClient();
  const navigate = useNavigate();
  const leaving = useAct({
    run: () => api.yourAccount.signOutEverywhere(),
    onDone: () => {
      client.clear();
      void navigate({ to: '/sign-in' });
    },
    saysErrors: true,
  });
  return (
    <ConfirmDialog
      title={words.everywhereTitle}
      hint={words.everywhereHint}
      verb={words.everywhere}
      act={leaving}
      onConfirm={() => leaving.mutate()}
      onClose={onClose}
    />
  );
}
