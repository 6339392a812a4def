import type { Dispute } from '../../../sdk/src/api.generated.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';
import type { IconName } from '../../ui/icon.tsx';
import { useDisputeTexts } from './use-dispute-texts.ts';

type Status = Dispute['status'];

const LOOKS: Readonly<Record<Status, readonly [Tone, IconName]>> = {
  inquiry: ['info', 'question'],
  opened: ['warn', 'warning'],
  under_review: ['info', 'clock'],
  won: ['good', 'check'],
  lost: ['bad', 'cross'],
  expired: ['bad', 'clock'],
};

export function DisputeStatus({ status }: { readonly status: Status }) {
  const { statuses } = useDisputeTexts();
  const [tone, icon] = LOOKS[status];
  return <Badge tone={tone} icon={icon} label={statuses[status]} />;
}
