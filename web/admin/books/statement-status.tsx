import type { Statement, StatementLine } from '../../../sdk/src/api.generated.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';
import type { IconName } from '../../ui/icon.tsx';
import { useBookTexts } from './use-book-texts.ts';

type Looks<Name extends string> = Readonly<Record<Name, readonly [Tone, IconName]>>;

const STATEMENTS: Looks<Statement['status']> = {
  collecting: ['info', 'dots'],
  matching: ['info', 'dots'],
  reconciled: ['good', 'check'],
};

const LINES: Looks<StatementLine['state']> = {
  waiting: ['idle', 'clock'],
  deferred: ['info', 'clock'],
  open: ['warn', 'warning'],
  matched: ['good', 'check'],
  booked: ['good', 'check'],
  accepted: ['idle', 'check'],
};

export function StatementStatus({ status }: { readonly status: Statement['status'] }) {
  const { statements } = useBookTexts();
  const [tone, icon] = STATEMENTS[status];
  return <Badge tone={tone} icon={icon} label={statements.statuses[status]} />;
}

export function LineState({ state }: { readonly state: StatementLine['state'] }) {
  const { statements } = useBookTexts();
  const [tone, icon] = LINES[state];
  return <Badge tone={tone} icon={icon} label={statements.states[state]} />;
}
