import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import type { Event } from '../../../sdk/src/api.generated.ts';
import { Button } from '../../ui/button.tsx';
import { JsonView } from '../../ui/code-block.tsx';
import { Condition, Loading, NoPermission } from '../../ui/condition.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { FactsCard } from '../../ui/facts.tsx';
import { Copyable, Time } from '../../ui/value.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { Failure } from '../failure.tsx';
import { BackLink, TextLink } from '../frame/links.tsx';
import { ReadResult } from '../frame/read-result.tsx';
import { ScreenHead } from '../frame/screen-head.tsx';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { deliveryColumns } from '../webhooks/delivery-columns.tsx';
import { useWebhookTexts } from '../webhooks/use-webhook-texts.ts';
import { paymentIdOf } from './payment-of-event.ts';
import { SendEventDialog } from './send-event-dialog.tsx';
import { useEventTexts } from './use-event-texts.ts';

const LIVE_INTERVAL_MS = 5_000;
const DELIVERIES_MAX = 100;

/** One event: what happened, the object as it was then, and who was told. */
export function EventScreen() {
  const { may } = useHere();
  return may('event:read') ? <OpenEvent /> : <NoPermission permission="event:read" />;
}

function OpenEvent() {
  const words = useEventTexts();
  const api = useApi();
  const { key, place } = useHere();
  const { eventId } = useParams({ from: '/inside/$tenantId/$mode/events/$eventId' });
  const found = useQuery({
    queryKey: [...key, 'event', eventId],
    queryFn: ({ signal }) => api.notifications.getEvent(eventId, { signal }),
    // What happened does not change.
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <>
      <BackLink to="/$tenantId/$mode/events" params={place}>
        {words.back}
      </BackLink>
      <ReadResult of={found} isPage>
        {(read) => <Whole event={read} />}
      </ReadResult>
    </>
  );
}

function Whole({ event }: { readonly event: Event }) {
  const words = useEventTexts();
  const { words: ui } = useSpeech();
  const { place, may } = useHere();
  const [isSending, setSending] = useState(false);
  const paymentId = paymentIdOf(event);
  return (
    <div className="grid gap-4">
      <ScreenHead title={event.type} hint={words.types[event.type]}>
        <Button
          icon="send"
          whyNot={may('webhook:execute') ? null : ui.noPermissionHint('webhook:execute')}
          onClick={() => setSending(true)}
        >
          {words.send}
        </Button>
      </ScreenHead>
      <FactsCard
        title={words.what}
        isTitleHidden
        shape="columns"
        facts={[
          [words.created, <Time key="created" at={event.createdAt} seconds />],
          [words.id, <Copyable key="id" text={event.id} what={words.id} />],
          [
            words.payment,
            paymentId !== null && (
              <TextLink key="payment" to="/$tenantId/$mode/payments/$paymentId" params={{ ...place, paymentId }}>
                {paymentId}
              </TextLink>
            ),
          ],
          [words.version, event.apiVersion],
        ]}
      />
      {may('webhook:read') && <Told eventId={event.id} />}
      <section aria-label={words.object} className="card grid gap-2 p-4">
        <h2 className="font-semibold">{words.object}</h2>
        <JsonView value={event.data.object} label={words.object} />
      </section>
      {isSending && <SendEventDialog eventId={event.id} onClose={() => setSending(false)} />}
    </div>
  );
}

/** Each endpoint that was told of it or is to be, the newest delivery first. */
function Told({ eventId }: { readonly eventId: string }) {
  const words = useEventTexts();
  const { deliveries } = useWebhookTexts();
  const api = useApi();
  const { key, place } = useHere();
  const columns = useMemo(() => deliveryColumns(deliveries, place), [deliveries, place]);
  const found = useQuery({
    queryKey: [...key, 'event', eventId, 'deliveries'],
    queryFn: ({ signal }) => api.notifications.listDeliveries({ eventId, limit: DELIVERIES_MAX }, { signal }),
    refetchInterval: LIVE_INTERVAL_MS,
  });
  const shown = columns.filter(({ isExtra }) => isExtra !== true);
  return (
    <section aria-label={words.deliveries} className="card">
      <h2 className="px-4 pt-4 font-semibold">{words.deliveries}</h2>
      {found.isPending && <Loading rows={2} />}
      {found.isError && !found.data && <Failure error={found.error} onRetry={() => void found.refetch()} />}
      {found.data?.data.length === 0 && (
        <Condition icon="signal" title={words.noDeliveries}>
          <p>{words.noDeliveriesHint}</p>
        </Condition>
      )}
      {found.data !== undefined && found.data.data.length > 0 && (
        <DataTable caption={words.deliveries} columns={shown} rows={found.data.data} keyOf={({ id }) => id} />
      )}
    </section>
  );
}
