import { Link } from '@tanstack/react-router';
import type { WebhookEndpoint } from '../../../sdk/src/api.generated.ts';
import { Badge } from '../../ui/badge.tsx';
import { buttonClass } from '../../ui/button.tsx';
import { Condition } from '../../ui/condition.tsx';
import { TextLink } from '../frame/links.tsx';
import { ReadResult } from '../frame/read-result.tsx';
import { useHere } from '../frame/use-place.ts';
import { EndpointStatus } from '../webhooks/endpoint-status.tsx';
import { TestUrl } from '../webhooks/test-url.tsx';
import { useEndpoints } from '../webhooks/use-endpoints.ts';
import { useSettingsTexts } from './use-settings-texts.ts';

/** The URLs of a tenant or of one product, each with a test beside it. */
export function AddressesCard({ productId }: { readonly productId: string | null }) {
  const endpoints = useEndpoints();
  return <ReadResult of={endpoints}>{(all) => <Addresses productId={productId} all={all} />}</ReadResult>;
}

interface AddressesProps {
  readonly productId: string | null;
  readonly all: readonly WebhookEndpoint[];
}

function Addresses({ productId, all }: AddressesProps) {
  const words = useSettingsTexts();
  const { place } = useHere();
  const own = all.filter((endpoint) => endpoint.productId === productId);
  const main = own.filter(({ additional }) => !additional);
  const others = own.filter(({ additional }) => additional);
  return (
    <section aria-label={words.main} className="card grid gap-4 p-4">
      <div className="flex flex-wrap items-center gap-2">
        <div className="me-auto">
          <h2 className="font-semibold">{words.main}</h2>
          <p className="text-sm text-muted">{words.mainHint}</p>
        </div>
        <Link to="/$tenantId/$mode/webhooks" params={place} className={buttonClass()}>
          {words.manage}
        </Link>
      </div>
      {main.length === 0 && productId !== null && <p className="text-muted">{words.noMainOfProduct}</p>}
      {main.length === 0 && productId === null && (
        <Condition icon="signal" title={words.noMain}>
          <p>{words.noMainHint}</p>
        </Condition>
      )}
      {main.map((endpoint) => (
        <Address key={endpoint.id} endpoint={endpoint} />
      ))}
      <div>
        <h2 className="font-semibold">{words.additional}</h2>
        <p className="text-sm text-muted">{others.length === 0 ? words.noAdditional : words.additionalHint}</p>
      </div>
      {others.map((endpoint) => (
        <Address key={endpoint.id} endpoint={endpoint} />
      ))}
    </section>
  );
}

function Address({ endpoint }: { readonly endpoint: WebhookEndpoint }) {
  const words = useSettingsTexts();
  const { place } = useHere();
  const { id, url, status, eventTypes } = endpoint;
  return (
    <article className="grid gap-2 border-t border-line pt-4">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <TextLink to="/$tenantId/$mode/webhooks/$endpointId" params={{ ...place, endpointId: id }}>
          {url}
        </TextLink>
        <EndpointStatus status={status} />
        <Receipt endpoint={endpoint} />
      </div>
      <p className="text-sm text-muted">
        <code>{endpoint.dialect}</code> · {eventTypes.includes('*') ? words.allTypes : words.types(eventTypes.length)}
        {' · '}
        <TextLink to="/$tenantId/$mode/webhooks/$endpointId/edit" params={{ ...place, endpointId: id }}>
          {words.editTypes}
        </TextLink>
      </p>
      <TestUrl endpointId={id} whyNot={null} />
    </article>
  );
}

function Receipt({ endpoint: { ackPolicy, testPassedAt } }: { readonly endpoint: WebhookEndpoint }) {
  const words = useSettingsTexts();
  if (ackPolicy.type === 'receipt') return <Badge tone="good" label={words.receipt} />;
  if (ackPolicy.type === 'reverse_on_no_ack') return <Badge tone="warn" label={words.reverses} />;
  return (
    <span className="text-sm text-muted">{testPassedAt === null ? words.receiptNotReady : words.receiptReady}</span>
  );
}
