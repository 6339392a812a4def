import { lazy, Suspense, useMemo, useState } from 'react';
import type { Member } from '../../../sdk/src/api.generated.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import type { Column } from '../../ui/data-table.tsx';
import { Copyable, Time } from '../../ui/value.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { useAnywhere } from '../frame/use-place.ts';
import { ListScreen } from '../list/list-screen.tsx';
import type { ListSearch } from '../list/list-search.ts';
import { InvitationsCard } from './invitations-card.tsx';
import type { PeopleTexts } from './texts-en.ts';
import { usePeopleDesk, useRoleChoices } from './use-people-desk.ts';
import { usePeopleTexts } from './use-people-texts.ts';

const InviteDialog = lazy(() => import('./invite-dialog.tsx').then((module) => ({ default: module.InviteDialog })));
const MemberDialog = lazy(() => import('./member-dialog.tsx').then((module) => ({ default: module.MemberDialog })));

interface PeopleListProps {
  readonly search: ListSearch<never>;
  readonly onSearch: (search: ListSearch<never>) => void;
}

/** Who may act at the place, and who is invited. */
export function PeopleList({ search, onSearch }: PeopleListProps) {
  const words = usePeopleTexts();
  const { words: ui } = useSpeech();
  const { may, session } = useAnywhere();
  const desk = usePeopleDesk();
  const { nameOf } = useRoleChoices();
  const [open, setOpen] = useState<'invite' | Member | null>(null);
  const mayUpdate = may(desk.permissions.update);
  const columns = useMemo(
    () => [
      ...columnsOf(words, nameOf, session.user.id),
      {
        id: 'change',
        title: words.change,
        isMain: true,
        show: (member: Member) => (
          <Button
            look="quiet"
            aria-label={`${words.change}: ${member.name}`}
            whyNot={
              mayUpdate
                ? member.id === session.user.id
                  ? words.whySelf
                  : null
                : ui.noPermissionHint(desk.permissions.update)
            }
            onClick={() => setOpen(member)}
          >
            {words.change}
          </Button>
        ),
      },
    ],
    [words, nameOf, session.user.id, mayUpdate, ui, desk.permissions.update],
  );
  return (
    <>
      <ListScreen<Member, never>
        name={desk.kind === 'tenant' ? 'users' : 'operator-users'}
        title={words.titles[desk.kind]}
        permission={desk.permissions.read}
        columns={columns}
        filters={[]}
        search={search}
        onSearch={onSearch}
        read={desk.list}
        emptyTitle={words.emptyTitle}
        emptyHint={words.emptyHint}
        actions={
          <Button
            look="primary"
            whyNot={may(desk.permissions.create) ? null : ui.noPermissionHint(desk.permissions.create)}
            onClick={() => setOpen('invite')}
          >
            {words.invite}
          </Button>
        }
      />
      {may(desk.permissions.read) && <InvitationsCard />}
      <Suspense>
        {open === 'invite' && <InviteDialog onClose={() => setOpen(null)} />}
        {open !== null && open !== 'invite' && <MemberDialog member={open} onClose={() => setOpen(null)} />}
      </Suspense>
    </>
  );
}

function columnsOf(words: PeopleTexts, nameOf: (role: string) => string, me: string): readonly Column<Member>[] {
  return [
    {
      id: 'person',
      title: words.person,
      isMain: true,
      show: ({ id, name, email }) => (
        <span className="[overflow-wrap:anywhere]">
          <span className="block font-medium">
            {name}
            {id === me && <span className="font-normal text-muted"> ({words.you})</span>}
          </span>
          <span className="block text-sm text-muted">{email}</span>
        </span>
      ),
    },
    { id: 'role', title: words.role, isMain: true, show: ({ role }) => nameOf(role) },
    {
      id: 'status',
      title: words.status,
      show: ({ status }) => <Badge tone={status === 'active' ? 'good' : 'bad'} label={words.statuses[status]} />,
    },
    {
      id: 'secondFactor',
      title: words.secondFactor,
      show: ({ hasSecondFactor }) => (
        <Badge
          tone={hasSecondFactor ? 'good' : 'warn'}
          label={hasSecondFactor ? words.hasSecondFactor : words.noSecondFactor}
        />
      ),
    },
    {
      id: 'lastSeen',
      title: words.lastSeen,
      show: ({ lastSeenAt }) => (lastSeenAt === null ? words.never : <Time at={lastSeenAt} />),
    },
    { id: 'since', title: words.since, isExtra: true, show: ({ createdAt }) => <Time at={createdAt} /> },
    { id: 'id', title: words.id, isExtra: true, show: ({ id }) => <Copyable text={id} what={words.id} isShort /> },
  ];
}
