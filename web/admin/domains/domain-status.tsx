import type { Domain } from '../../../sdk/src/api.generated.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { useDomainTexts } from './use-domain-texts.ts';

const TONES: Readonly<Record<Domain['status'], Tone>> = { pending: 'info', verified: 'good', lapsed: 'bad' };

export function DomainStatus({ status }: Pick<Domain, 'status'>) {
  const words = useDomainTexts();
  return <Badge tone={TONES[status]} label={words.statuses[status]} />;
}
