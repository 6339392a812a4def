import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import type { Replay } from '../../../sdk/src/api.generated.ts';
import { Button, buttonClass } from '../../ui/button.tsx';
import { NoPermission } from '../../ui/condition.tsx';
import { FactsCard } from '../../ui/facts.tsx';
import { Progress } from '../../ui/progress.tsx';
import { Copyable, Time } from '../../ui/value.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { ConfirmDialog } from '../frame/confirm-dialog.tsx';
import { BackLink, TextLink } from '../frame/links.tsx';
import { ReadResult } from '../frame/read-result.tsx';
import { ScreenHead } from '../frame/screen-head.tsx';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { ReplayState } from './replay-state.tsx';
import { useToolTexts } from './use-tool-texts.ts';

const RUNNING_MS = 1_500;

/** How far a replay has come, and the way to stop it. */
export function ReplayScreen() {
  const { may } = useHere();
  return may('webhook:read') ? <OpenReplay /> : <NoPermission permission="webhook:read" />;
}

function OpenReplay() {
  const { replays: words } = useToolTexts();
  const api = useApi();
  const { key, place } = useHere();
  const { replayId } = useParams({ from: '/inside/$tenantId/$mode/replays/$replayId' });
  const found = useQuery({
    queryKey: [...key, 'replay', replayId],
    queryFn: ({ signal }) => api.notifications.getReplay(replayId, { signal }),
    refetchInterval: ({ state }) => (state.data?.state === 'running' ? RUNNING_MS : false),
  });
  return (
    <>
      <BackLink to="/$tenantId/$mode/replays" params={place}>
        {words.back}
      </BackLink>
      <ReadResult of={found} rows={5} isPage>
        {(read) => <Whole replay={read} />}
      </ReadResult>
    </>
  );
}

function Whole({ replay }: { readonly replay: Replay }) {
  const { replays: words } = useToolTexts();
  const { words: ui } = useSpeech();
  const { place, may } = useHere();
  const [isStopping, setStopping] = useState(false);
  const { deliveriesMade, eventsSelected, state } = replay;
  const mayNot = may('webhook:execute') ? null : ui.noPermissionHint('webhook:execute');
  return (
    <div className="grid gap-4">
      <ScreenHead title={words.one} beside={<ReplayState state={state} />}>
        <Button
          icon="pause"
          whyNot={mayNot ?? (state === 'running' ? null : words.whyNotStop)}
          onClick={() => setStopping(true)}
        >
          {words.stop}
        </Button>
      </ScreenHead>
      {state === 'running' && <p className="text-muted">{words.started}</p>}
      <div className="card p-4">
        <Progress
          label={words.progress}
          done={deliveriesMade}
          total={eventsSelected}
          says={words.made(deliveriesMade, eventsSelected)}
        />
      </div>
      <Selection replay={replay} />
      <p>
        <Link
          to="/$tenantId/$mode/deliveries"
          params={place}
          search={{ endpointId: replay.endpointId, trigger: 'replay' }}
          className={buttonClass()}
        >
          {words.deliveries}
        </Link>
      </p>
      {isStopping && <StopDialog replayId={replay.id} onClose={() => setStopping(false)} />}
    </div>
  );
}

function Selection({ replay }: { readonly replay: Replay }) {
  const { replays: words } = useToolTexts();
  const { place } = useHere();
  const { endpointId, endedAt, stopReason } = replay;
  return (
    <FactsCard
      title={words.one}
      isTitleHidden
      shape="columns"
      facts={[
        [
          words.endpoint,
          <TextLink key="endpoint" to="/$tenantId/$mode/webhooks/$endpointId" params={{ ...place, endpointId }}>
            {endpointId}
          </TextLink>,
        ],
        [words.since, <Time key="since" at={replay.since} seconds />],
        [words.until, <Time key="until" at={replay.until} seconds />],
        [words.which, replay.status.map((status) => words.statuses[status]).join(', ')],
        [words.types, replay.eventTypes.join(', ')],
        [words.rate, replay.ratePerSecond],
        [words.created, <Time key="created" at={replay.createdAt} seconds />],
        [words.ended, endedAt !== null && <Time key="ended" at={endedAt} seconds />],
        [words.reason, stopReason],
        [words.id, <Copyable key="id" text={replay.id} what={words.id} />],
      ]}
    />
  );
}

function StopDialog({ replayId, onClose }: { readonly replayId: string; readonly onClose: () => void }) {
  const { replays: words } = useToolTexts();
  const api = useApi();
  const { key } = useHere();
  const stopping = useAct({
    run: (id: string, options) => api.notifications.cancelReplay(id, options),
    done: words.stopped,
    refreshes: [key],
    saysErrors: true,
    onDone: onClose,
  });
  return (
    <ConfirmDialog
      title={words.stopTitle}
      hint={words.stopHint}
      verb={words.stop}
      act={stopping}
      onConfirm={() => stopping.mutate(replayId)}
      onClose={onClose}
    />
  );
}
