import type { InboundState, InboundVerdict } from '../../../src/inbound/inbound-event.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';
import type { IconName } from '../../ui/icon.tsx';
import { useInboundTexts } from './use-inbound-texts.ts';

const VERDICTS: Readonly<Record<InboundVerdict, readonly [Tone, IconName]>> = {
  accepted: ['good', 'check'],
  duplicate: ['idle', 'copy'],
  conflicting_duplicate: ['warn', 'warning'],
  nonce_reused: ['bad', 'cross'],
  refused_unwanted: ['idle', 'back'],
  bad_signature: ['bad', 'lock'],
  stale_timestamp: ['warn', 'clock'],
  malformed: ['bad', 'question'],
  wrong_source: ['bad', 'cross'],
  not_configured: ['warn', 'lock'],
};

const STATES: Readonly<Record<InboundState, readonly [Tone, IconName]>> = {
  pending: ['info', 'clock'],
  applied: ['good', 'check'],
  quarantined: ['bad', 'warning'],
  unmatched: ['warn', 'question'],
  failed: ['bad', 'cross'],
  resolved: ['idle', 'user'],
};

/** What was made of a notification when it came. */
export function Verdict({ verdict }: { readonly verdict: InboundVerdict }) {
  const { verdicts } = useInboundTexts();
  const [tone, icon] = VERDICTS[verdict];
  return <Badge tone={tone} icon={icon} label={verdicts[verdict]} />;
}

/** How far applying a notification is. */
export function Applied({ state }: { readonly state: InboundState | null }) {
  const { states, nothingToApply } = useInboundTexts();
  if (state === null) return <span className="text-muted">{nothingToApply}</span>;
  const [tone, icon] = STATES[state];
  return <Badge tone={tone} icon={icon} label={states[state]} />;
}
