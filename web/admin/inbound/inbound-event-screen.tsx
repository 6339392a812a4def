import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import type { InboundEventWithRequest } from '../../../sdk/src/api.generated.ts';
import { CodeBlock } from '../../ui/code-block.tsx';
import { NoPermission } from '../../ui/condition.tsx';
import { FactsCard } from '../../ui/facts.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { Copyable, Time } from '../../ui/value.tsx';
import { BackLink, TextLink } from '../frame/links.tsx';
import { ReadResult } from '../frame/read-result.tsx';
import { ScreenHead } from '../frame/screen-head.tsx';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { InboundActions } from './inbound-actions.tsx';
import { Applied, Verdict } from './inbound-status.tsx';
import { useInboundTexts } from './use-inbound-texts.ts';

/** One notification of a provider: what came, what was made of it and why, and what can be done with it. */
export function InboundEventScreen() {
  const { may } = useHere();
  return may('inbound_event:read') ? <OpenEvent /> : <NoPermission permission="inbound_event:read" />;
}

function OpenEvent() {
  const words = useInboundTexts();
  const api = useApi();
  const { key, place } = useHere();
  const { inboundId } = useParams({ from: '/inside/$tenantId/$mode/inbound/$inboundId' });
  // Reading one is recorded, so that it is not read over and over again by itself.
  const found = useQuery({
    queryKey: [...key, 'inbound-event', inboundId],
    queryFn: ({ signal }) => api.providerNotifications.getInboundEvent(inboundId, { signal }),
    refetchOnWindowFocus: false,
  });
  return (
    <>
      <BackLink to="/$tenantId/$mode/inbound" params={place}>
        {words.back}
      </BackLink>
      <ReadResult of={found} isPage>
        {(read) => <Whole event={read} />}
      </ReadResult>
    </>
  );
}

function Whole({ event }: { readonly event: InboundEventWithRequest }) {
  const words = useInboundTexts();
  return (
    <div className="grid gap-4">
      <ScreenHead
        title={event.provider}
        beside={
          <>
            <Verdict verdict={event.verdict} />
            <Applied state={event.state} />
          </>
        }
      />
      <div className="max-w-prose">
        <p>{words.verdictMeaning[event.verdict]}</p>
        {event.state !== null && <p>{words.stateMeaning[event.state]}</p>}
      </div>
      <InboundActions event={event} />
      <WhatCame event={event} />
      <section aria-label={words.request} className="card grid gap-2 p-4">
        <h2 className="font-semibold">{words.request}</h2>
        <p className="text-sm text-muted">{words.masked}</p>
        <Request request={event.request} />
      </section>
    </div>
  );
}

function WhatCame({ event }: { readonly event: InboundEventWithRequest }) {
  const words = useInboundTexts();
  const { place } = useHere();
  const { outcome, paymentId, processedAt, resolution } = event;
  return (
    <FactsCard
      title={words.outcome}
      isTitleHidden
      shape="columns"
      facts={[
        [words.at, <Time key="at" at={event.createdAt} seconds />],
        [words.processed, processedAt !== null && <Time key="processed" at={processedAt} seconds />],
        [words.outcome, outcome],
        [
          words.payment,
          paymentId !== null && (
            <TextLink key="payment" to="/$tenantId/$mode/payments/$paymentId" params={{ ...place, paymentId }}>
              {paymentId}
            </TextLink>
          ),
        ],
        [words.address, <Copyable key="address" text={event.remoteAddress} what={words.address} />],
        [words.account, <Copyable key="account" text={event.providerAccountId} what={words.account} />],
        [words.tries, event.tries],
        [words.id, <Copyable key="id" text={event.id} what={words.id} />],
        [
          words.settledBy,
          resolution !== null && (
            <span key="settled">
              {resolution.actor}, <Time at={resolution.at} />: {resolution.note}
            </span>
          ),
        ],
      ]}
    />
  );
}

function Request({ request }: Pick<InboundEventWithRequest, 'request'>) {
  const words = useInboundTexts();
  const headers = Object.entries(request.headers).map(([name, values]) => `${name}: ${values.join(', ')}`);
  const query = new URLSearchParams(request.query).toString();
  return (
    <Tabs
      label={words.request}
      tabs={[
        { name: 'body', title: words.body, content: <CodeBlock text={pretty(request.body)} label={words.body} /> },
        {
          name: 'headers',
          title: words.headers,
          content: (
            <CodeBlock
              text={[`${request.method} ${query === '' ? '' : `?${query}`}`.trim(), ...headers].join('\n')}
              label={words.headers}
            />
          ),
        },
      ]}
    />
  );
}

/** JSON with its members below each other; all else as it came. */
function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
