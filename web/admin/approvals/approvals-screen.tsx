import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { Approval, Session } from '../../../sdk/src/api.generated.ts';
import { Badge } from '../../ui/badge.tsx';
import type { Column } from '../../ui/data-table.tsx';
import { Copyable, Time } from '../../ui/value.tsx';
import type { Place } from '../api/send.ts';

import { TextLink } from '../frame/links.tsx';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { ListScreen } from '../list/list-screen.tsx';
import { TimeLeft } from '../money/time-left.tsx';
import { useActorNames } from '../money/use-actor-names.ts';
import { ApprovalState, isOwn } from './approval-facts.tsx';
import type { ApprovalTexts } from './texts-en.ts';
import { useApprovalTexts } from './use-approval-texts.ts';

/** What waits for a second person, and what became of what did. */
export function ApprovalsScreen() {
  const words = useApprovalTexts();
  const api = useApi();
  const { place, session } = useHere();
  const search = useSearch({ from: '/inside/$tenantId/$mode/approvals' });
  const navigate = useNavigate();
  const nameOf = useActorNames();
  const columns = useMemo(() => columnsOf(words, { place, session, nameOf }), [words, place, session, nameOf]);
  const filters = useMemo(() => {
    // What lapsed is stored as it was asked for, so that it cannot be looked for by itself.
    const { expired: _, ...states } = words.states;
    const choices = Object.entries(states).map(([value, label]) => ({ value, label }));
    return [{ name: 'state' as const, label: words.state, choices }];
  }, [words]);
  return (
    <ListScreen<Approval, 'state'>
      name="approvals"
      title={words.title}
      permission="approval:read"
      columns={columns}
      filters={filters}
      search={search}
      onSearch={(next) => void navigate({ to: '/$tenantId/$mode/approvals', params: place, search: next })}
      read={(query, signal) => api.approvals.list(query as Parameters<typeof api.approvals.list>[0], { signal })}
      emptyTitle={words.emptyTitle}
      emptyHint={words.emptyHint}
    />
  );
}

interface Look {
  readonly place: Place;
  readonly session: Session;
  readonly nameOf: (actor: string) => string;
}

function columnsOf(words: ApprovalTexts, { place, session, nameOf }: Look): readonly Column<Approval>[] {
  return [
    {
      id: 'act',
      title: words.act,
      isMain: true,
      show: ({ id, act }) => (
        <TextLink to="/$tenantId/$mode/approvals/$approvalId" params={{ ...place, approvalId: id }}>
          {words.acts[act] ?? act}
        </TextLink>
      ),
    },
    { id: 'state', title: words.state, isMain: true, show: ({ state }) => <ApprovalState state={state} /> },
    {
      id: 'requestedBy',
      title: words.requestedBy,
      show: (approval) =>
        isOwn(approval, session) ? <Badge tone="idle" icon="user" label={words.you} /> : nameOf(approval.requestedBy),
    },
    { id: 'requestedAt', title: words.requestedAt, show: ({ requestedAt }) => <Time at={requestedAt} /> },
    {
      id: 'expires',
      title: words.expires,
      show: ({ state, expiresAt }) =>
        state === 'requested' ? <TimeLeft until={expiresAt} says={words.left} over={words.over} /> : '–',
    },
    {
      id: 'decidedBy',
      title: words.decidedBy,
      show: ({ decidedBy }) => (decidedBy === null ? '–' : nameOf(decidedBy)),
    },
    { id: 'id', title: words.id, isExtra: true, show: ({ id }) => <Copyable text={id} what={words.id} isShort /> },
  ];
}
