import type { WebhookEndpoint } from '../../../sdk/src/api.generated.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { useWebhookTexts } from './use-webhook-texts.ts';

const TONES: Readonly<Record<WebhookEndpoint['status'], Tone>> = { active: 'good', paused: 'idle', disabled: 'bad' };

export function EndpointStatus({ status }: { readonly status: WebhookEndpoint['status'] }) {
  const { endpoints } = useWebhookTexts();
  return <Badge tone={TONES[status]} label={endpoints.statuses[status]} />;
}
