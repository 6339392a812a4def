import type { AuditEntry } from '../../../sdk/src/api.generated.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { useAuditTexts } from './use-audit-texts.ts';

const TONES: Readonly<Record<AuditEntry['outcome'], Tone>> = { done: 'good', unchanged: 'idle', refused: 'bad' };

export function EntryOutcome({ outcome }: Pick<AuditEntry, 'outcome'>) {
  const words = useAuditTexts();
  return <Badge tone={TONES[outcome]} label={words.outcomes[outcome]} />;
}
