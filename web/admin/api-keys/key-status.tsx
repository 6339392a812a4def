import { Badge, type Tone } from '../../ui/badge.tsx';
import { useApiKeyTexts } from './use-api-key-texts.ts';
import type { ShownKey } from './use-key-shelf.ts';

const TONES: Readonly<Record<ShownKey['status'], Tone>> = { active: 'good', expired: 'idle', revoked: 'bad' };

export function KeyStatus({ status }: Pick<ShownKey, 'status'>) {
  const words = useApiKeyTexts();
  return <Badge tone={TONES[status]} label={words.statuses[status]} />;
}
