import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import type { EndpointHealth, WebhookEndpoint } from '../../../sdk/src/api.generated.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { buttonClass } from '../../ui/button.tsx';
import { JsonView } from '../../ui/code-block.tsx';
import { NoPermission } from '../../ui/condition.tsx';
import { type Fact, FactsCard } from '../../ui/facts.tsx';
import { Copyable, Time } from '../../ui/value.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { BackLink } from '../frame/links.tsx';
import { ReadResult } from '../frame/read-result.tsx';
import { ScreenHead } from '../frame/screen-head.tsx';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { usePaymentTexts } from '../payments/use-payment-texts.ts';
import { EndpointActions } from './endpoint-actions.tsx';
import { EndpointStatus } from './endpoint-status.tsx';
import { useWebhookTexts } from './use-webhook-texts.ts';

const LIVE_INTERVAL_MS = 5_000;

/** One endpoint: how it is doing, what it is told, and what can be done with it. */
export function EndpointScreen() {
  const { may } = useHere();
  return may('webhook:read') ? <OpenEndpoint /> : <NoPermission permission="webhook:read" />;
}

function OpenEndpoint() {
  const { endpoints: words } = useWebhookTexts();
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
      <BackLink to="/$tenantId/$mode/webhooks" params={place}>
        {words.back}
      </BackLink>
      <ReadResult of={found} isPage>
        {(data) => <Whole {...data} />}
      </ReadResult>
    </>
  );
}

interface WholeProps {
  readonly endpoint: WebhookEndpoint;
  readonly health: EndpointHealth;
}

function Whole({ endpoint, health }: WholeProps) {
  const { endpoints: words } = useWebhookTexts();
  const { place } = useHere();
  return (
    <div className="grid gap-4">
      <ScreenHead title={endpoint.url} beside={<EndpointStatus status={endpoint.status} />} />
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
  const { endpoints: words } = useWebhookTexts();
  const { payment } = usePaymentTexts();
  const { locale } = useSpeech();
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
  const { latencyMs } = health.windows.lastDay;
  const facts: readonly Fact[] = [
    [words.health, <Badge key="state" tone={TONES[health.state]} label={words.states[health.state]} />],
    [words.rate, health.acknowledgementRate === null ? '–' : percent.format(health.acknowledgementRate)],
    [words.latency, latencyMs === null ? '–' : payment.took(latencyMs.p95)],
    [words.waiting, health.pending],
    [words.lastSuccess, health.lastSuccessAt === null ? words.never : <Time key="last" at={health.lastSuccessAt} />],
  ];
  return (
    <FactsCard title={words.health} facts={facts} shape="figures" isTitleHidden>
      {health.lastFailure?.error && <p className="text-sm text-bad">{health.lastFailure.error}</p>}
    </FactsCard>
  );
}
