import type { ProviderAccount } from '../../../sdk/src/api.generated.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { useProviderTexts } from './use-provider-texts.ts';

export function AccountStatus({ status }: Pick<ProviderAccount, 'status'>) {
  const words = useProviderTexts();
  return <Badge tone={status === 'active' ? 'good' : 'idle'} label={words.statuses[status]} />;
}

const CIRCUIT_TONES: Readonly<Record<ProviderAccount['circuit']['state'], Tone>> = {
  closed: 'good',
  open: 'bad',
  half_open: 'warn',
};

export function CircuitState({ state }: { readonly state: ProviderAccount['circuit']['state'] }) {
  const words = useProviderTexts();
  return <Badge tone={CIRCUIT_TONES[state]} label={words.circuits[state]} />;
}
