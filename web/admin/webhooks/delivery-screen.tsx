import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import type { DeliveryAttempt, DeliveryWithAttempts } from '../../../sdk/src/api.generated.ts';
import { Badge } from '../../ui/badge.tsx';
import { Condition, Loading, NoPermission } from '../../ui/condition.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Copyable, JsonView, Time } from '../../ui/value.tsx';
import { Failure } from '../failure.tsx';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { useTexts } from '../texts/use-texts.tsx';
import { DeliveryStatus } from './delivery-status.tsx';
import { ResendButton } from './resend-button.tsx';

const LIVE_INTERVAL_MS = 5_000;

/** One delivery with every attempt: what was sent, what came back, and how long it took. */
export function DeliveryScreen() {
  const { may } = useHere();
  return may('webhook:read') ? <OpenDelivery /> : <NoPermission permission="webhook:read" />;
}

function OpenDelivery() {
  const { deliveries: words } = useTexts();
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
      <Link
        to="/$tenantId/$mode/deliveries"
        params={place}
        className="inline-flex min-h-8 items-center gap-1 text-sm text-muted hover:text-ink"
      >
        <Icon name="left" />
        {words.back}
      </Link>
      {found.isPending && <Loading rows={6} />}
      {found.isError && !found.data && <Failure isPage error={found.error} onRetry={() => void found.refetch()} />}
      {found.data !== undefined && <Whole delivery={found.data} />}
    </>
  );
}

function Whole({ delivery }: { readonly delivery: DeliveryWithAttempts }) {
  const { deliveries: words } = useTexts();
  const { place } = useHere();
  return (
    <div className="grid gap-4">
      <div className="flex flex-wrap items-center gap-3">
        <h1 className="text-xl font-semibold [overflow-wrap:anywhere]">{delivery.eventType}</h1>
        <DeliveryStatus status={delivery.status} />
        <span className="grow" />
        <ResendButton deliveryId={delivery.id} />
      </div>
      <dl className="card grid gap-3 p-4 sm:grid-cols-2 xl:grid-cols-3">
        <Fact label={words.id}>
          <Copyable text={delivery.id} what={words.id} />
        </Fact>
        <Fact label={words.event}>
          <Copyable text={delivery.eventId} what={words.event} />
        </Fact>
        {delivery.paymentId !== null && (
          <Fact label={words.payment}>
            <Link
              to="/$tenantId/$mode/payments/$paymentId"
              params={{ ...place, paymentId: delivery.paymentId }}
              className="text-accent underline-offset-2 [overflow-wrap:anywhere] hover:underline"
            >
              {delivery.paymentId}
            </Link>
          </Fact>
        )}
        <Fact label={words.trigger}>{words.triggers[delivery.trigger]}</Fact>
        <Fact label={words.created}>
          <Time at={delivery.createdAt} seconds />
        </Fact>
        {delivery.nextAttemptAt !== null && (
          <Fact label={words.next}>
            <Time at={delivery.nextAttemptAt} seconds />
          </Fact>
        )}
        {delivery.whyNotSent !== null && <Fact label={words.why}>{delivery.whyNotSent}</Fact>}
      </dl>
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

function Fact({ label, children }: { readonly label: string; readonly children: React.ReactNode }) {
  return (
    <div>
      <dt className="text-sm text-muted">{label}</dt>
      <dd className="[overflow-wrap:anywhere]">{children}</dd>
    </div>
  );
}

function Attempt({ attempt }: { readonly attempt: DeliveryAttempt }) {
  const { deliveries: words, payment } = useTexts();
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
      <details>
        <summary className="inline-flex min-h-8 items-center text-sm text-muted underline-offset-2 hover:underline">
          {words.sent}
        </summary>
        <JsonView value={{ url: attempt.url, headers: requestHeaders, timings }} label={words.sent} />
      </details>
      <details>
        <summary className="inline-flex min-h-8 items-center text-sm text-muted underline-offset-2 hover:underline">
          {words.answered}
        </summary>
        <JsonView
          value={{ statusCode, remoteAddress: attempt.remoteAddress, headers: responseHeaders, body: responseBody }}
          label={words.answered}
        />
      </details>
    </li>
  );
}
