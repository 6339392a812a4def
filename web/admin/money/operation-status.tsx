import type { Refund } from '../../../sdk/src/api.generated.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';
import type { IconName } from '../../ui/icon.tsx';
import { useMoneyTexts } from './use-money-texts.ts';

type Status = Refund['status'];

const LOOKS: Readonly<Record<Status, readonly [Tone, IconName]>> = {
  pending: ['info', 'clock'],
  succeeded: ['good', 'check'],
  failed: ['bad', 'cross'],
};

export function OperationStatus({ status }: { readonly status: Status }) {
  const { operation } = useMoneyTexts();
  const [tone, icon] = LOOKS[status];
  return <Badge tone={tone} icon={icon} label={operation.statuses[status]} />;
}
