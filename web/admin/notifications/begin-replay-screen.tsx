import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import type { Replay, ReplayEvents, ReplayPreview } from '../../../sdk/src/api.generated.ts';
import { Button } from '../../ui/button.tsx';
import { Loading, NoPermission } from '../../ui/condition.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { Time } from '../../ui/value.tsx';
import { Failure, useAdvice } from '../failure.tsx';
import { BackLink } from '../frame/links.tsx';
import { ScreenHead } from '../frame/screen-head.tsx';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { useEndpoints } from '../webhooks/use-endpoints.ts';
import { ReplayForm } from './replay-form.tsx';
import { useToolTexts } from './use-tool-texts.ts';

/** What is replayed, and to whom. */
export interface ReplayWish {
  readonly endpointId: string;
  readonly body: ReplayEvents;
}

/** Chooses past events for an endpoint, shows how many and which, and sends them only then. */
export function BeginReplayScreen() {
  const { may } = useHere();
  return may('webhook:execute') ? <OpenForm /> : <NoPermission permission="webhook:execute" />;
}

function OpenForm() {
  const { replays: words } = useToolTexts();
  const { place } = useHere();
  const endpoints = useEndpoints();
  return (
    <>
      <BackLink to="/$tenantId/$mode/replays" params={place}>
        {words.back}
      </BackLink>
      <div className="mb-4">
        <ScreenHead title={words.begin} hint={words.hint} />
      </div>
      {endpoints.isPending && <Loading rows={5} />}
      {endpoints.isError && !endpoints.data && (
        <Failure error={endpoints.error} onRetry={() => void endpoints.refetch()} />
      )}
      {endpoints.data !== undefined && <Steps endpoints={endpoints.data} />}
    </>
  );
}

/** First a look that changes nothing, then the start of exactly what was looked at. */
function Steps({ endpoints }: { readonly endpoints: readonly { readonly id: string; readonly url: string }[] }) {
  const api = useApi();
  const advise = useAdvice();
  const { key, place } = useHere();
  const navigate = useNavigate();
  const search = useSearch({ from: '/inside/$tenantId/$mode/replays/new' });
  const [seen, setSeen] = useState<{ readonly wish: ReplayWish; readonly preview: ReplayPreview } | null>(null);
  const looking = useAct<Replay | ReplayPreview, ReplayWish>({
    run: ({ endpointId, body }, options) =>
      api.notifications.replayWebhookEndpoint(endpointId, { ...body, dryRun: true }, options),
    saysErrors: true,
  });
  const starting = useAct<Replay | ReplayPreview, ReplayWish>({
    run: ({ endpointId, body }, options) => api.notifications.replayWebhookEndpoint(endpointId, body, options),
    refreshes: [key],
    saysErrors: true,
    onDone: ({ id }) => {
      if (id !== null) void navigate({ to: '/$tenantId/$mode/replays/$replayId', params: { ...place, replayId: id } });
    },
  });
  const look = (wish: ReplayWish) =>
    looking.mutate(wish, {
      // What is started is what was shown: the same end of the period, and the same types.
      onSuccess: (answer) => answer.id === null && setSeen({ wish: pinned(wish, answer), preview: answer }),
    });
  if (seen !== null) {
    return (
      <Look
        preview={seen.preview}
        isBusy={starting.isPending}
        problem={starting.error === null ? null : advise(starting.error)}
        onStart={() => starting.mutate(seen.wish)}
        onChange={() => setSeen(null)}
      />
    );
  }
  return (
    <ReplayForm endpoints={endpoints} start={search} isBusy={looking.isPending} error={looking.error} onSubmit={look} />
  );
}

function pinned({ endpointId, body }: ReplayWish, { since, until, eventTypes }: ReplayPreview): ReplayWish {
  return {
    endpointId,
    body: { ...body, since, until, eventTypes: eventTypes as NonNullable<ReplayEvents['eventTypes']> },
  };
}

interface LookProps {
  readonly preview: ReplayPreview;
  readonly isBusy: boolean;
  readonly problem: string | null;
  readonly onStart: () => void;
  readonly onChange: () => void;
}

function Look({ preview, isBusy, problem, onStart, onChange }: LookProps) {
  const { replays: words } = useToolTexts();
  const { eventsSelected, ratePerSecond, events } = preview;
  return (
    <section aria-label={words.look} className="grid gap-4">
      <div role="status" className="card p-4">
        <p className="text-lg font-semibold">{eventsSelected === 0 ? words.nothing : words.would(eventsSelected)}</p>
        <p className="text-muted">
          <Time at={preview.since} seconds /> – <Time at={preview.until} seconds />
        </p>
        {eventsSelected > ratePerSecond && (
          <p className="text-muted">{words.takes(durationText(eventsSelected / ratePerSecond))}</p>
        )}
      </div>
      {events.length > 0 && (
        <div className="card">
          <h2 className="px-4 pt-4 font-semibold">{words.first(events.length)}</h2>
          <DataTable
            caption={words.first(events.length)}
            rows={events}
            keyOf={({ id }) => id}
            columns={[
              { id: 'event', title: words.event, isMain: true, show: ({ type }) => type },
              { id: 'at', title: words.at, isMain: true, show: ({ createdAt }) => <Time at={createdAt} seconds /> },
              { id: 'id', title: words.id, show: ({ id }) => <code className="text-sm">{id}</code> },
            ]}
          />
        </div>
      )}
      {problem !== null && (
        <p role="alert" className="font-medium text-bad">
          {problem}
        </p>
      )}
      <div className="flex flex-wrap gap-2">
        <Button onClick={onChange}>{words.change}</Button>
        <Button
          look="primary"
          icon="send"
          isBusy={isBusy}
          whyNot={eventsSelected === 0 ? words.nothing : null}
          onClick={onStart}
        >
          {words.start(eventsSelected)}
        </Button>
      </div>
    </section>
  );
}

/** Whole seconds as hours, minutes and seconds. */
function durationText(seconds: number): string {
  const whole = Math.ceil(seconds);
  const parts = [Math.floor(whole / 3_600), Math.floor((whole % 3_600) / 60), whole % 60];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}
