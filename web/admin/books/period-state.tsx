import type { Period } from '../../../sdk/src/api.generated.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';
import type { IconName } from '../../ui/icon.tsx';
import { useBookTexts } from './use-book-texts.ts';

const LOOKS: Readonly<Record<Period['state'], readonly [Tone, IconName]>> = {
  running: ['info', 'dots'],
  open: ['warn', 'clock'],
  closed: ['good', 'lock'],
};

export function PeriodState({ state }: { readonly state: Period['state'] }) {
  const { periods } = useBookTexts();
  const [tone, icon] = LOOKS[state];
  return <Badge tone={tone} icon={icon} label={periods.states[state]} />;
}
