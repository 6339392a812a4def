import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import type { AckDeadlineWithSteps } from '../../../sdk/src/api.generated.ts';
import { ACK_DEADLINE_TRANSITIONS } from '../../../src/acknowledgments/ack-deadline.ts';
import { Button } from '../../ui/button.tsx';
import { NoPermission } from '../../ui/condition.tsx';
import { type Fact, FactsCard } from '../../ui/facts.tsx';
import { Copyable, Time } from '../../ui/value.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { ConfirmDialog } from '../frame/confirm-dialog.tsx';
import { BackLink, TextLink } from '../frame/links.tsx';
import { ReadResult } from '../frame/read-result.tsx';
import { ScreenHead } from '../frame/screen-head.tsx';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { DeadlineStatus } from './deadline-status.tsx';
import { PaymentLink } from './payment-link.tsx';
import { TimeLeft } from './time-left.tsx';
import { useMoneyTexts } from './use-money-texts.ts';

const MOVING_MS = 2_000;
const RESTING_MS = 30_000;

/** One deadline: how it stands, what happened to it, and what a person may decide. */
export function DeadlineScreen() {
  const { may } = useHere();
  return may('webhook:read') ? <OpenDeadline /> : <NoPermission permission="webhook:read" />;
}

function OpenDeadline() {
  const { deadlines: words } = useMoneyTexts();
  const api = useApi();
  const { key, place } = useHere();
  const { deadlineId } = useParams({ from: '/inside/$tenantId/$mode/ack-deadlines/$deadlineId' });
  const found = useQuery({
    queryKey: [...key, 'ack-deadlines', deadlineId],
    queryFn: ({ signal }) => api.notifications.getAckDeadline(deadlineId, { signal }),
    refetchInterval: ({ state }) =>
      state.data?.status === 'armed' || state.data?.status === 'firing' ? MOVING_MS : RESTING_MS,
  });
  return (
    <>
      <BackLink to="/$tenantId/$mode/ack-deadlines" params={place}>
        {words.back}
      </BackLink>
      <ReadResult of={found} isPage>
        {(deadline) => (
          <div className="grid gap-4">
            <ScreenHead title={words.one} beside={<DeadlineStatus status={deadline.status} />} />
            <Decide deadline={deadline} />
            <div className="grid items-start gap-4 xl:grid-cols-[1fr_22rem]">
              <Story deadline={deadline} />
              <Details deadline={deadline} />
            </div>
          </div>
        )}
      </ReadResult>
    </>
  );
}

type Choice = 'fire' | 'dismiss';

function Decide({ deadline }: { readonly deadline: AckDeadlineWithSteps }) {
  const { deadlines: words } = useMoneyTexts();
  const { words: ui } = useSpeech();
  const api = useApi();
  const { key, may } = useHere();
  const [asked, setAsked] = useState<Choice | null>(null);
  const act = useAct({
    run: (choice: Choice, options) =>
      choice === 'fire'
        ? api.notifications.fireAckDeadline(deadline.id, options)
        : api.notifications.dismissAckDeadline(deadline.id, options),
    done: (_answer, choice) => (choice === 'fire' ? words.fired : words.dismissed),
    refreshes: [[...key, 'ack-deadlines']],
    onDone: () => setAsked(null),
    saysErrors: true,
  });
  const close = () => {
    setAsked(null);
    act.reset();
  };
  // What waits for a person is what a person may dismiss.
  const isWaiting = ACK_DEADLINE_TRANSITIONS[deadline.status].includes('dismissed');
  const whyNot = !may('reversal:create')
    ? ui.noPermissionHint('reversal:create')
    : isWaiting
      ? null
      : words.notWaiting(words.statuses[deadline.status]);
  const texts =
    asked === 'fire'
      ? { title: words.fireTitle, hint: words.fireHint, verb: words.fire, look: 'danger' as const }
      : { title: words.dismissTitle, hint: words.dismissHint, verb: words.dismiss, look: 'primary' as const };
  return (
    <div className="grid gap-1">
      <div className="flex flex-wrap gap-2">
        <Button icon="back" whyNot={whyNot} onClick={() => setAsked('fire')}>
          {words.fire}
        </Button>
        <Button icon="check" whyNot={whyNot} onClick={() => setAsked('dismiss')}>
          {words.dismiss}
        </Button>
      </div>
      {whyNot !== null && <p className="text-sm text-muted">{whyNot}</p>}
      {asked !== null && <ConfirmDialog {...texts} act={act} onConfirm={() => act.mutate(asked)} onClose={close} />}
    </div>
  );
}

function Story({ deadline }: { readonly deadline: AckDeadlineWithSteps }) {
  const { deadlines: words } = useMoneyTexts();
  const { status, reason, deadlineAt } = deadline;
  return (
    <section aria-label={words.steps} className="card grid gap-3 p-4">
      <h2 className="font-semibold">{words.steps}</h2>
      <p>
        {words.meaning[status]}
        {reason !== null && ` (${words.reasons[reason]})`}
      </p>
      {status === 'armed' && (
        <p className="text-lg">
          <TimeLeft until={deadlineAt} says={words.left} over={words.over} />
        </p>
      )}
      <ol className="grid gap-3">
        {deadline.steps.map((step) => (
          <li key={step.number} className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <DeadlineStatus status={step.status} />
            <span className="min-w-0 grow [overflow-wrap:anywhere]">{step.note}</span>
            <span className="text-sm text-muted">
              <Time at={step.at} seconds />
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Details({ deadline }: { readonly deadline: AckDeadlineWithSteps }) {
  const { deadlines: words, operation } = useMoneyTexts();
  const { place } = useHere();
  const { paymentId, endpointId, deliveryId, cause } = deadline;
  const facts: readonly Fact[] = [
    [operation.id, <Copyable key="id" text={deadline.id} what={operation.id} />],
    [operation.payment, <PaymentLink key="payment" paymentId={paymentId} />],
    [
      words.endpoint,
      <TextLink key="endpoint" to="/$tenantId/$mode/webhooks/$endpointId" params={{ ...place, endpointId }}>
        {endpointId}
      </TextLink>,
    ],
    [
      words.delivery,
      <TextLink key="delivery" to="/$tenantId/$mode/deliveries/$deliveryId" params={{ ...place, deliveryId }}>
        {deliveryId}
      </TextLink>,
    ],
    [words.cause, cause === null ? null : words.causes[cause]],
    [words.dispatches, String(deadline.dispatches)],
    [words.armed, <Time key="armed" at={deadline.armedAt} seconds />],
    [words.deadline, <Time key="deadline" at={deadline.deadlineAt} seconds />],
    [words.ended, deadline.endedAt && <Time at={deadline.endedAt} seconds />],
  ];
  return <FactsCard title={operation.factsTitle} facts={facts} />;
}
