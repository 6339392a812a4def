import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import type { EndpointHealth, WebhookEndpoint } from '../../../sdk/src/api.generated.ts';
import { buttonClass } from '../../ui/button.tsx';
import { NoPermission } from '../../ui/condition.tsx';
import { BackLink } from '../frame/links.tsx';
import { ReadResult } from '../frame/read-result.tsx';
import { ScreenHead } from '../frame/screen-head.tsx';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { EndpointActions } from './endpoint-actions.tsx';
import { EndpointHealthCard } from './endpoint-health-card.tsx';
import { EndpointSecrets } from './endpoint-secrets.tsx';
import { EndpointSettings } from './endpoint-settings.tsx';
import { EndpointStatus } from './endpoint-status.tsx';
import { LastFailures } from './last-failures.tsx';
import { useWebhookTexts } from './use-webhook-texts.ts';

const EndpointFuse = lazy(() => import('./endpoint-fuse.tsx').then((module) => ({ default: module.EndpointFuse })));

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
      <Suspense>
        {endpoint.ackPolicy.type === 'reverse_on_no_ack' && <EndpointFuse endpointId={endpoint.id} />}
      </Suspense>
      <EndpointHealthCard endpoint={endpoint} health={health} />
      <EndpointSettings endpoint={endpoint} />
      <EndpointSecrets endpointId={endpoint.id} />
      <LastFailures endpointId={endpoint.id} />
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
