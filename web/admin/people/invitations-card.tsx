import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Invitation } from '../../../sdk/src/api.generated.ts';
import { Button } from '../../ui/button.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { Time } from '../../ui/value.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { ConfirmDialog } from '../frame/confirm-dialog.tsx';
import { ReadResult } from '../frame/read-result.tsx';
import { useAct } from '../frame/use-act.ts';
import { useAnywhere } from '../frame/use-place.ts';
import { usePeopleDesk, useRoleChoices } from './use-people-desk.ts';
import { usePeopleTexts } from './use-people-texts.ts';

/** Who was invited and has not come yet. */
export function InvitationsCard() {
  const words = usePeopleTexts();
  const { words: ui } = useSpeech();
  const { key, may } = useAnywhere();
  const desk = usePeopleDesk();
  const { nameOf } = useRoleChoices();
  const [withdrawing, setWithdrawing] = useState<Invitation | null>(null);
  const found = useQuery({
    queryKey: [...key, 'invitations'],
    queryFn: ({ signal }) => desk.invitations(signal),
  });
  const whyNot = may(desk.permissions.create) ? null : ui.noPermissionHint(desk.permissions.create);
  return (
    <section aria-label={words.invitations} className="card mt-5 overflow-clip">
      <h2 className="px-4 pt-4 pb-1 font-semibold">{words.invitations}</h2>
      <ReadResult of={found} rows={2}>
        {({ data }) =>
          data.length === 0 ? (
            <p className="px-4 pb-4 text-muted">{words.noInvitations}</p>
          ) : (
            <DataTable
              caption={words.invitations}
              rows={data}
              keyOf={({ id }) => id}
              columns={[
                {
                  id: 'email',
                  title: words.email,
                  isMain: true,
                  show: ({ email }) => <span className="[overflow-wrap:anywhere]">{email}</span>,
                },
                { id: 'role', title: words.role, show: ({ role }) => nameOf(role) },
                { id: 'expires', title: words.expires, show: ({ expiresAt }) => <Time at={expiresAt} /> },
                {
                  id: 'withdraw',
                  title: words.withdraw,
                  isMain: true,
                  show: (invitation) => (
                    <Button
                      look="quiet"
                      aria-label={`${words.withdraw}: ${invitation.email}`}
                      whyNot={whyNot}
                      onClick={() => setWithdrawing(invitation)}
                    >
                      {words.withdraw}
                    </Button>
                  ),
                },
              ]}
            />
          )
        }
      </ReadResult>
      {withdrawing !== null && <WithdrawDialog invitation={withdrawing} onClose={() => setWithdrawing(null)} />}
    </section>
  );
}

function WithdrawDialog({ invitation, onClose }: { readonly invitation: Invitation; readonly onClose: () => void }) {
  const words = usePeopleTexts();
  const { key } = useAnywhere();
  const desk = usePeopleDesk();
  const act = useAct({
    run: () => desk.withdraw(invitation.id),
    done: words.withdrawn,
    refreshes: [[...key, 'invitations']],
    saysErrors: true,
    onDone: onClose,
  });
  return (
    <ConfirmDialog
      title={words.withdrawTitle(invitation.email)}
      hint={words.withdrawHint}
      verb={words.withdraw}
      keep={words.keep}
      act={act}
      onConfirm={() => act.mutate()}
      onClose={onClose}
    />
  );
}
