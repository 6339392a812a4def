import { useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useMemo, useState } from 'react';
import type { WebhookEndpoint } from '../../../sdk/src/api.generated.ts';
import { Button } from '../../ui/button.tsx';
import type { Column } from '../../ui/data-table.tsx';
import { Copyable, Time } from '../../ui/value.tsx';
import { useSpeech } from '../../ui/words.tsx';
import type { Place } from '../api/send.ts';
import { TextLink } from '../frame/links.tsx';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { ListScreen } from '../list/list-screen.tsx';
import { EndpointStatus } from './endpoint-status.tsx';
import { shownEvents } from './shown-events.ts';
import type { WebhookTexts } from './texts-en.ts';
import { useWebhookTexts } from './use-webhook-texts.ts';

const AddDialog = lazy(() =>
  import('./add-endpoint-dialog.tsx').then((module) => ({ default: module.AddEndpointDialog })),
);

/** The addresses that a tenant wants to be told at. */
export function EndpointsScreen() {
  const { endpoints: words } = useWebhookTexts();
  const { words: ui } = useSpeech();
  const api = useApi();
  const { place, may } = useHere();
  const search = useSearch({ from: '/inside/$tenantId/$mode/webhooks' });
  const navigate = useNavigate();
  const [isAdding, setAdding] = useState(false);
  const columns = useMemo(() => columnsOf(words, place), [words, place]);
  return (
    <>
      <ListScreen<WebhookEndpoint, never>
        name="webhook-endpoints"
        title={words.title}
        permission="webhook:read"
        columns={columns}
        filters={[]}
        search={search}
        onSearch={(next) => void navigate({ to: '/$tenantId/$mode/webhooks', params: place, search: next })}
        read={(query, signal) => api.notifications.listWebhookEndpoints(query, { signal })}
        emptyTitle={words.emptyTitle}
        emptyHint={words.emptyHint}
        actions={
          <Button
            look="primary"
            whyNot={may('webhook:create') ? null : ui.noPermissionHint('webhook:create')}
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

function columnsOf(words: WebhookTexts['endpoints'], place: Place): readonly Column<WebhookEndpoint>[] {
  return [
    {
      id: 'url',
      title: words.url,
      isMain: true,
      show: ({ id, url }) => (
        <TextLink to="/$tenantId/$mode/webhooks/$endpointId" params={{ ...place, endpointId: id }}>
          {url}
        </TextLink>
      ),
    },
    { id: 'status', title: words.status, isMain: true, show: ({ status }) => <EndpointStatus status={status} /> },
    { id: 'events', title: words.events, show: ({ eventTypes }) => shownEvents(eventTypes, words) },
    { id: 'dialect', title: words.dialect, show: ({ dialect }) => <code className="text-sm">{dialect}</code> },
    { id: 'description', title: words.description, isExtra: true, show: ({ description }) => description ?? '–' },
    { id: 'created', title: words.created, show: ({ createdAt }) => <Time at={createdAt} /> },
    { id: 'id', title: words.id, isExtra: true, show: ({ id }) => <Copyable text={id} what={words.id} isShort /> },
  ];
}
