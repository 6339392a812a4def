import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import type { DeliveryAttempt, DeliveryWithAttempts } from '../../../sdk/src/api.generated.ts';
import { Badge } from '../../ui/badge.tsx';
import { CodeBlock, JsonView } from '../../ui/code-block.tsx';
import { Condition, NoPermission } from '../../ui/condition.tsx';
import { FactsCard } from '../../ui/facts.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { Copyable, Time } from '../../ui/value.tsx';
import { TextLink } from '../frame/links.tsx';
import { ReadResult } from '../frame/read-result.tsx';
import { ScreenHead } from '../frame/screen-head.tsx';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { usePaymentTexts } from '../payments/use-payment-texts.ts';
import { DeliveryStatus } from './delivery-status.tsx';
import { ResendButton } from './resend-button.tsx';
import { SignatureSection } from './signature-section.tsx';
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
      <Link
        to="/$tenantId/$mode/deliveries"
        params={place}
        className="inline-flex min-h-8 items-center gap-1 text-sm text-muted hover:text-ink"
      >
        <Icon name="left" />
        {words.back}
      </Link>
      <ReadResult of={found} isPage>
        {(read) => <Whole delivery={read} />}
      </ReadResult>
    </>
  );
}

function Whole({ delivery }: { readonly delivery: DeliveryWithAttempts }) {
  const { deliveries: words } = useWebhookTexts();
  return (
    <div className="grid gap-4">
      <ScreenHead title={delivery.eventType} beside={<DeliveryStatus status={delivery.status} />}>
        <ResendButton deliveryId={delivery.id} />
      </ScreenHead>
      <DeliveryFacts delivery={delivery} />
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
      <SignatureSection delivery={delivery} />
    </div>
  );
}

function DeliveryFacts({ delivery }: { readonly delivery: DeliveryWithAttempts }) {
  const { deliveries: words } = useWebhookTexts();
  const { place } = useHere();
  const { paymentId, endpointId, nextAttemptAt, whyNotSent } = delivery;
  return (
    <FactsCard
      title={words.details}
      isTitleHidden
      shape="columns"
      facts={[
        [words.why, whyNotSent],
        [
          words.endpoint,
          endpointId !== null && (
            <TextLink key="endpoint" to="/$tenantId/$mode/webhooks/$endpointId" params={{ ...place, endpointId }}>
              {endpointId}
            </TextLink>
          ),
        ],
        [
          words.event,
          <TextLink key="event" to="/$tenantId/$mode/events/$eventId" params={{ ...place, eventId: delivery.eventId }}>
            {delivery.eventId}
          </TextLink>,
        ],
        [
          words.payment,
          paymentId !== null && (
            <TextLink key="payment" to="/$tenantId/$mode/payments/$paymentId" params={{ ...place, paymentId }}>
              {paymentId}
            </TextLink>
          ),
        ],
        [words.trigger, words.triggers[delivery.trigger]],
        [words.created, <Time key="created" at={delivery.createdAt} seconds />],
        [words.next, nextAttemptAt !== null && <Time key="next" at={nextAttemptAt} seconds />],
        [words.id, <Copyable key="id" text={delivery.id} what={words.id} />],
      ]}
    />
  );
}

function Attempt({ attempt }: { readonly attempt: DeliveryAttempt }) {
  const { deliveries: words } = useWebhookTexts();
  const { payment } = usePaymentTexts();
  const { outcome, statusCode, error, timings } = attempt;
  return (
    <li className="grid gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <h3 className="font-medium">{words.attempt(attempt.number)}</h3>
        <Badge tone={outcome === 'acknowledged' ? 'good' : 'bad'} label={words.outcomes[outcome]} />
        <span className="number">{statusCode ?? words.noAnswer}</span>
        <span className="text-sm text-muted">
          <Time at={attempt.attemptedAt} seconds /> · {payment.took(attempt.durationMs)}
        </span>
      </div>
      {error !== null && error !== `HTTP ${statusCode}` && <p className="text-bad [overflow-wrap:anywhere]">{error}</p>}
      <Tabs
        label={words.attempt(attempt.number)}
        tabs={[
          {
            name: 'request',
            title: words.sent,
            content: <CodeBlock label={words.sent} text={requestText(attempt)} />,
          },
          {
            name: 'response',
            title: words.answered,
            content: <CodeBlock label={words.answered} text={responseText(attempt) ?? words.noAnswer} />,
          },
          ...(timings === null
            ? []
            : [{ name: 'timings', title: words.timings, content: <JsonView label={words.timings} value={timings} /> }]),
        ]}
      />
    </li>
  );
}

/** As HTTP writes it, without the body, which is below. */
function requestText({ url, requestHeaders }: DeliveryAttempt): string {
  return [`POST ${url}`, ...linesOf(requestHeaders)].join('\n');
}

function responseText({ statusCode, responseHeaders, responseBody }: DeliveryAttempt): string | null {
  if (statusCode === null) return null;
  return [`HTTP ${statusCode}`, ...linesOf(responseHeaders), '', responseBody ?? ''].join('\n').trimEnd();
}

function linesOf(headers: Readonly<Record<string, string>> | null): readonly string[] {
  return Object.entries(headers ?? {}).map(([name, value]) => `${name}: ${value}`);
}
