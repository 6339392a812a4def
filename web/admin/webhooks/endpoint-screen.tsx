import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { EndpointHealth, WebhookEndpoint } from '../../../sdk/src/api.generated.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { buttonClass } from '../../ui/button.tsx';
import { Loading, NoPermission } from '../../ui/condition.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Copyable, JsonView, Time } from '../../ui/value.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { Failure } from '../failure.tsx';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { useTexts } from '../texts/use-texts.tsx';
import { EndpointActions } from './endpoint-actions.tsx';
import { EndpointStatus } from './endpoint-status.tsx';

const LIVE_INTERVAL_MS = 5_000;

/** One endpoint: how it is doing, what it is told, and what can be done with it. */
export function EndpointScreen() {
  const { may } = useHere();
  return may('webhook:read') ? <OpenEndpoint /> : <NoPermission permission="webhook:read" />;
}

function OpenEndpoint() {
  const { endpoints: words } = useTexts();
  const api = useApi();
  const { key, place } = useHere();
  const { endpointId } = useParams({ from: '/inside/$tenantId/$mode/webhooks/$endpointId' });
  const found = useQuery({
    queryKey: [...key, 'webhook-endpoints', endpointId],
    queryFn: async ({ signal }) => {
      const [endpoint, health] = await Promise.all([
        api.notifications.getWebhookEndpoint(endpointId, { signal }),
        api.notifications.getWebhookEndpointHealth(endpointId, { signal }),
      ]);
      return { endpoint, health };
    },
    refetchInterval: LIVE_INTERVAL_MS,
  });
  return (
    <>
      <Link
        to="/$tenantId/$mode/webhooks"
        params={place}
        className="inline-flex min-h-8 items-center gap-1 text-sm text-muted hover:text-ink"
      >
        <Icon name="left" />
        {words.back}
      </Link>
      {found.isPending && <Loading rows={6} />}
      {found.isError && !found.data && <Failure isPage error={found.error} onRetry={() => void found.refetch()} />}
      {found.data !== undefined && <Whole {...found.data} />}
    </>
  );
}

interface WholeProps {
  readonly endpoint: WebhookEndpoint;
  readonly health: EndpointHealth;
}

function Whole({ endpoint, health }: WholeProps) {
  const { endpoints: words } = useTexts();
  const { place } = useHere();
  return (
    <div className="grid gap-4">
      <div className="flex flex-wrap items-center gap-3">
        <h1 className="text-xl font-semibold [overflow-wrap:anywhere]">{endpoint.url}</h1>
        <EndpointStatus status={endpoint.status} />
      </div>
      {endpoint.status === 'disabled' && <p className="text-bad">{words.disabledHint}</p>}
      <EndpointActions endpoint={endpoint} />
      <Health health={health} />
      <section aria-label={words.settings} className="card grid gap-2 p-4">
        <h2 className="font-semibold">{words.settings}</h2>
        <Copyable text={endpoint.id} what={words.id} />
        <JsonView value={endpoint} label={words.settings} />
      </section>
      <p>
        <Link
          to="/$tenantId/$mode/deliveries"
          params={place}
          search={{ endpointId: endpoint.id }}
          className={buttonClass()}
        >
          {words.deliveries}
        </Link>
      </p>
    </div>
  );
}

const TONES: Readonly<Record<EndpointHealth['state'], Tone>> = { healthy: 'good', failing: 'bad', disabled: 'idle' };

function Health({ health }: { readonly health: EndpointHealth }) {
  const { endpoints: words, payment } = useTexts();
  const { locale } = useSpeech();
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
  const { latencyMs } = health.windows.lastDay;
  const facts: readonly (readonly [string, ReactNode])[] = [
    [words.health, <Badge key="state" tone={TONES[health.state]} label={words.states[health.state]} />],
    [words.rate, health.acknowledgementRate === null ? '–' : percent.format(health.acknowledgementRate)],
    [words.latency, latencyMs === null ? '–' : payment.took(latencyMs.p95)],
    [words.waiting, health.pending],
    [words.lastSuccess, health.lastSuccessAt === null ? words.never : <Time key="last" at={health.lastSuccessAt} />],
  ];
  return (
    <section aria-label={words.health} className="card">
      <dl className="grid grid-cols-2 sm:grid-cols-3 xl:grid-cols-5">
        {facts.map(([label, value]) => (
          <div key={label} className="p-4">
            <dt className="text-sm text-muted">{label}</dt>
            <dd className="mt-0.5 font-semibold">{value}</dd>
          </div>
        ))}
      </dl>
      {health.lastFailure?.error && <p className="px-4 pb-4 text-sm text-bad">{health.lastFailure.error}</p>}
    </section>
  );
}
