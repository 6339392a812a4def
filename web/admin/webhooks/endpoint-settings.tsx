import type { WebhookEndpoint } from '../../../sdk/src/api.generated.ts';
import { FactsCard } from '../../ui/facts.tsx';
import { Copyable, Time } from '../../ui/value.tsx';
import { shownEvents } from './shown-events.ts';
import { useEditorTexts } from './use-editor-texts.ts';
import { useWebhookTexts } from './use-webhook-texts.ts';

const HOUR_S = 3_600;

/** What an endpoint is set up to do, in words. */
export function EndpointSettings({ endpoint }: { readonly endpoint: WebhookEndpoint }) {
  const words = useEditorTexts();
  const { endpoints } = useWebhookTexts();
  const { ackPolicy, schedule, rateLimit, disableAfterSeconds, testPassedAt } = endpoint;
  return (
    <FactsCard
      title={words.settings}
      shape="columns"
      facts={[
        [words.dialect, words.dialects[endpoint.dialect]],
        [words.events, shownEvents(endpoint.eventTypes, endpoints)],
        [words.policy, words.policies[ackPolicy.type]],
        [words.schedule, schedule === null ? words.asDialect : schedule.join(', ')],
        [words.rateLimit, rateLimit === null ? words.none : rateLimit],
        [words.ordered, endpoint.ordered ? words.yes : words.no],
        [words.disableAfter, disableAfterSeconds === null ? words.never : words.hours(disableAfterSeconds / HOUR_S)],
        [words.product, endpoint.productId ?? words.everyProduct],
        [words.additional, endpoint.additional ? words.yes : words.no],
        [words.testPassed, testPassedAt === null ? words.notPassed : <Time key="passed" at={testPassedAt} />],
        [words.merchantCode, endpoint.merchantCode],
        [words.description, endpoint.description],
        [endpoints.id, <Copyable key="id" text={endpoint.id} what={endpoints.id} />],
      ]}
    />
  );
}
