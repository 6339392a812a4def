import type { Replay } from '../../../sdk/src/api.generated.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';
import type { IconName } from '../../ui/icon.tsx';
import { useToolTexts } from './use-tool-texts.ts';

const LOOKS: Readonly<Record<Replay['state'], readonly [Tone, IconName]>> = {
  running: ['info', 'refresh'],
  done: ['good', 'check'],
  canceled: ['idle', 'pause'],
  failed: ['bad', 'cross'],
};

export function ReplayState({ state }: { readonly state: Replay['state'] }) {
  const { replays } = useToolTexts();
  const [tone, icon] = LOOKS[state];
  return <Badge tone={tone} icon={icon} label={replays.states[state]} />;
}
