import type { AckDeadline } from '../../../sdk/src/api.generated.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';
import type { IconName } from '../../ui/icon.tsx';
import { useMoneyTexts } from './use-money-texts.ts';

type Status = AckDeadline['status'];

const LOOKS: Readonly<Record<Status, readonly [Tone, IconName]>> = {
  armed: ['info', 'clock'],
  withdrawn: ['idle', 'back'],
  acknowledged: ['good', 'check'],
  suppressed: ['warn', 'pause'],
  dismissed: ['idle', 'check'],
  firing: ['warn', 'dots'],
  reversed: ['warn', 'back'],
  refunded: ['warn', 'back'],
  released: ['warn', 'back'],
  failed: ['bad', 'warning'],
};

export function DeadlineStatus({ status }: { readonly status: Status }) {
  const { deadlines } = useMoneyTexts();
  const [tone, icon] = LOOKS[status];
  return <Badge tone={tone} icon={icon} label={deadlines.statuses[status]} />;
}
