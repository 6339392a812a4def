import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import type { DeliveryAttempt, DeliveryWithAttempts } from '../../../sdk/src/api.generated.ts';
import { Badge } from '../../ui/badge.tsx';
import { JsonView } from '../../ui/code-block.tsx';
import { Condition, NoPermission } from '../../ui/condition.tsx';
import { Disclosure } from '../../ui/disclosure.tsx';
import { type Fact, FactsCard } from '../../ui/facts.tsx';
import { Copyable, Time } from '../../ui/value.tsx';
import type { Place } from '../api/send.ts';
import { BackLink, TextLink } from '../frame/links.tsx';
import { ReadResult } from '../frame/read-result.tsx';
import { ScreenHead } from '../frame/screen-head.tsx';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { usePaymentTexts } from '../payments/use-payment-texts.ts';
import { DeliveryStatus } from './delivery-status.tsx';
import { ResendButton } from './resend-button.tsx';
import type { WebhookTexts } from './texts-en.ts';
import { useWebhookTexts } from './use-webhook-texts.ts';

const LIVE_INTERVAL_MS = 5_000;

/** One delivery with every attempt: what was sent, what came back, and how long it took. */
export function DeliveryScreen() {
  const { may } = useHere();
  return may('webhook:read') ? <OpenDelivery /> : <NoPermission permission="webhook:read" />;
}

function OpenDelivery() {
  const { deliveries: words } = useWebhookTexts();
  const api = useApi();
  const { key, place } = useHere();
  const { deliveryId } = useParams({ from: '/inside/$tenantId/$mode/deliveries/$deliveryId' });
  const found = useQuery({
    queryKey: [...key, 'delivery', deliveryId],
    queryFn: ({ signal }) => api.notifications.getDelivery(deliveryId, { signal }),
    refetchInterval: LIVE_INTERVAL_MS,
  });
  return (
    <>
      <BackLink to="/$tenantId/$mode/deliveries" params={place}>
        {words.back}
      </BackLink>
      <ReadResult of={found} isPage>
        {(delivery) => <Whole delivery={delivery} />}
      </ReadResult>
    </>
  );
}

function Whole({ delivery }: { readonly delivery: DeliveryWithAttempts }) {
  const { deliveries: words } = useWebhookTexts();
  const { place } = useHere();
  return (
    <div className="grid gap-4">
      <ScreenHead title={delivery.eventType} beside={<DeliveryStatus status={delivery.status} />}>
        <ResendButton deliveryId={delivery.id} />
      </ScreenHead>
      <FactsCard title={words.details} isTitleHidden shape="columns" facts={factsOf(delivery, words, place)} />
      <h2 className="font-semibold">{words.attemptsTitle}</h2>
      {delivery.attempts.length === 0 && (
        <Condition icon="clock" title={words.noAttempt}>
          <p>{words.noAttemptHint}</p>
        </Condition>
      )}
      <ol className="grid gap-3">
        {delivery.attempts.map((attempt) => (
          <Attempt key={attempt.number} attempt={attempt} />
        ))}
      </ol>
    </div>
  );
}

function factsOf(delivery: DeliveryWithAttempts, words: WebhookTexts['deliveries'], place: Place): readonly Fact[] {
  const { id, eventId, paymentId, trigger, createdAt, nextAttemptAt, whyNotSent } = delivery;
  return [
    [words.id, <Copyable key="id" text={id} what={words.id} />],
    [words.event, <Copyable key="event" text={eventId} what={words.event} />],
    [
      words.payment,
      paymentId !== null && (
        <TextLink key="payment" to="/$tenantId/$mode/payments/$paymentId" params={{ ...place, paymentId }}>
          {paymentId}
        </TextLink>
      ),
    ],
    [words.trigger, words.triggers[trigger]],
    [words.created, <Time key="created" at={createdAt} seconds />],
    [words.next, nextAttemptAt !== null && <Time key="next" at={nextAttemptAt} seconds />],
    [words.why, whyNotSent],
  ];
}

function Attempt({ attempt }: { readonly attempt: DeliveryAttempt }) {
  const { deliveries: words } = useWebhookTexts();
  const { payment } = usePaymentTexts();
  const { outcome, statusCode, error, requestHeaders, responseHeaders, responseBody, timings } = attempt;
  return (
    <li className="card grid gap-2 p-4">
      <div className="flex flex-wrap items-center gap-2">
        <h3 className="font-medium">{words.attempt(attempt.number)}</h3>
        <Badge tone={outcome === 'acknowledged' ? 'good' : 'bad'} label={words.outcomes[outcome]} />
        <span className="number">{statusCode ?? words.noAnswer}</span>
        <span className="text-sm text-muted">
          <Time at={attempt.attemptedAt} seconds /> · {payment.took(attempt.durationMs)}
        </span>
      </div>
      {error !== null && <p className="text-bad [overflow-wrap:anywhere]">{error}</p>}
      <Disclosure title={words.sent}>
        <JsonView value={{ url: attempt.url, headers: requestHeaders, timings }} label={words.sent} />
      </Disclosure>
      <Disclosure title={words.answered}>
        <JsonView
          value={{ statusCode, remoteAddress: attempt.remoteAddress, headers: responseHeaders, body: responseBody }}
          label={words.answered}
        />
      </Disclosure>
    </li>
  );
}
