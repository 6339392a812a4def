import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { Replay } from '../../../sdk/src/api.generated.ts';
import { buttonClass } from '../../ui/button.tsx';
import type { Column } from '../../ui/data-table.tsx';
import { Copyable, Time } from '../../ui/value.tsx';
import type { Place } from '../api/send.ts';
import { TextLink } from '../frame/links.tsx';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { ListScreen } from '../list/list-screen.tsx';
import { ReplayState } from './replay-state.tsx';
import type { ToolTexts } from './tool-texts-en.ts';
import { useToolTexts } from './use-tool-texts.ts';

/** Past events that were sent to an endpoint once more, the newest replay first. */
export function ReplaysScreen() {
  const { replays: words } = useToolTexts();
  const api = useApi();
  const { place } = useHere();
  const search = useSearch({ from: '/inside/$tenantId/$mode/replays' });
  const navigate = useNavigate();
  const columns = useMemo(() => columnsOf(words, place), [words, place]);
  return (
    <ListScreen<Replay, never>
      name="replays"
      title={words.title}
      permission="webhook:read"
      columns={columns}
      filters={[]}
      search={search}
      onSearch={(next) => void navigate({ to: '/$tenantId/$mode/replays', params: place, search: next })}
      read={(query, signal) => api.notifications.listReplays(query, { signal })}
      emptyTitle={words.emptyTitle}
      emptyHint={words.emptyHint}
      actions={
        <Link to="/$tenantId/$mode/replays/new" params={place} className={buttonClass('primary')}>
          {words.begin}
        </Link>
      }
    />
  );
}

function columnsOf(words: ToolTexts['replays'], place: Place): readonly Column<Replay>[] {
  return [
    {
      id: 'created',
      title: words.created,
      isMain: true,
      show: ({ id, createdAt }) => (
        <TextLink to="/$tenantId/$mode/replays/$replayId" params={{ ...place, replayId: id }}>
          <Time at={createdAt} seconds />
        </TextLink>
      ),
    },
    { id: 'state', title: words.state, isMain: true, show: ({ state }) => <ReplayState state={state} /> },
    {
      id: 'progress',
      title: words.progress,
      isNumber: true,
      show: ({ deliveriesMade, eventsSelected }) => words.made(deliveriesMade, eventsSelected),
    },
    {
      id: 'endpoint',
      title: words.endpoint,
      show: ({ endpointId }) => (
        <TextLink to="/$tenantId/$mode/webhooks/$endpointId" params={{ ...place, endpointId }}>
          <span title={endpointId}>{`${endpointId.slice(0, 8)}…${endpointId.slice(-6)}`}</span>
        </TextLink>
      ),
    },
    { id: 'since', title: words.since, show: ({ since }) => <Time at={since} /> },
    { id: 'until', title: words.until, show: ({ until }) => <Time at={until} /> },
    { id: 'id', title: words.id, isExtra: true, show: ({ id }) => <Copyable text={id} what={words.id} isShort /> },
  ];
}
