import { lazy, Suspense, useMemo } from 'react';
import type { EndpointHealth, WebhookEndpoint } from '../../../sdk/src/api.generated.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { Loading } from '../../ui/condition.tsx';
import { type Fact, FactsCard } from '../../ui/facts.tsx';
import { Time } from '../../ui/value.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { usePaymentTexts } from '../payments/use-payment-texts.ts';
import { hoursOf } from './hours-of.ts';
import { useEditorTexts } from './use-editor-texts.ts';
import { useWebhookTexts } from './use-webhook-texts.ts';

const Plot = lazy(() => import('../../ui/plot.tsx').then((module) => ({ default: module.Plot })));

const TONES: Readonly<Record<EndpointHealth['state'], Tone>> = { healthy: 'good', failing: 'bad', disabled: 'idle' };

interface EndpointHealthCardProps {
  readonly endpoint: WebhookEndpoint;
  readonly health: EndpointHealth;
}

/** How an endpoint has answered lately, as figures and hour by hour. */
export function EndpointHealthCard({ endpoint, health }: EndpointHealthCardProps) {
  const { endpoints: words } = useWebhookTexts();
  const editor = useEditorTexts();
  const { payment } = usePaymentTexts();
  const { locale } = useSpeech();
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
  const { latencyMs } = health.windows.lastDay;
  const facts: readonly Fact[] = [
    [words.health, <Badge key="state" tone={TONES[health.state]} label={words.states[health.state]} />],
    [words.rate, health.acknowledgementRate === null ? '–' : percent.format(health.acknowledgementRate)],
    [words.latency, latencyMs === null ? '–' : payment.took(latencyMs.p95)],
    [words.waiting, String(health.pending)],
    [words.lastSuccess, health.lastSuccessAt === null ? words.never : <Time key="last" at={health.lastSuccessAt} />],
  ];
  const { attempts, acknowledgementRate } = health.windows.lastWeek;
  const { xs, good, bad } = useMemo(() => hoursOf(health.hours), [health.hours]);
  return (
    <>
      <FactsCard title={words.health} facts={facts} shape="figures" isTitleHidden>
        {health.lastFailure?.error && endpoint.status !== 'disabled' && health.consecutiveFailures > 0 && (
          <p className="text-sm text-bad [overflow-wrap:anywhere]">{health.lastFailure.error}</p>
        )}
      </FactsCard>
      {xs.length === 0 ? (
        <p className="card p-4 text-muted">{editor.plotNothing}</p>
      ) : (
        <Suspense fallback={<Loading rows={5} />}>
          <Plot
            title={editor.plot}
            summary={editor.plotSummary(attempts, percent.format(acknowledgementRate ?? 0))}
            xLabel={editor.plotHour}
            format={String}
            xs={xs}
            series={[
              { label: editor.plotGood, values: good },
              { label: editor.plotBad, values: bad },
            ]}
          />
        </Suspense>
      )}
    </>
  );
}
