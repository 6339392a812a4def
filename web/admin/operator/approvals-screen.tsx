import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import type { Approval } from '../../../sdk/src/api.generated.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import type { Column } from '../../ui/data-table.tsx';
import { Time } from '../../ui/value.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { useApi } from '../frame/use-api.ts';
import { useAnywhere } from '../frame/use-place.ts';
import { ListScreen } from '../list/list-screen.tsx';
import { DecideDialog } from './decide-dialog.tsx';
import type { OperatorTexts } from './texts-en.ts';
import { useOperatorTexts } from './use-operator-texts.ts';

const STATES = ['requested', 'approved', 'rejected', 'done', 'failed'] as const;

const TONES: Readonly<Record<Approval['state'], Tone>> = {
  requested: 'warn',
  approved: 'info',
  rejected: 'idle',
  done: 'good',
  failed: 'bad',
  expired: 'idle',
};

/** What waits for a second one of those who run the installation, and what became of the rest. */
export function OperatorApprovalsScreen() {
  const words = useOperatorTexts();
  const { words: ui } = useSpeech();
  const api = useApi();
  const { may } = useAnywhere();
  const search = useSearch({ from: '/inside/operator/approvals' });
  const navigate = useNavigate();
  const [deciding, setDeciding] = useState<Approval | null>(null);
  const whyNot = may('operator-approval:update') ? null : ui.noPermissionHint('operator-approval:update');
  const columns = useMemo(() => columnsOf(words, whyNot, setDeciding), [words, whyNot]);
  return (
    <>
      <ListScreen<Approval, 'state'>
        name="operator-approvals"
        title={words.title}
        permission="operator-approval:read"
        columns={columns}
        filters={[
          {
            name: 'state',
            label: words.state,
            choices: STATES.map((value) => ({ value, label: words.states[value] })),
          },
        ]}
        search={search}
        onSearch={(next) => void navigate({ to: '/operator/approvals', search: next })}
        read={({ state, ...query }, signal) =>
          api.operator.listApprovals({ ...query, state: STATES.find((one) => one === state) }, { signal })
        }
        emptyTitle={words.emptyTitle}
        emptyHint={words.emptyHint}
      />
      {deciding !== null && <DecideDialog approval={deciding} onClose={() => setDeciding(null)} />}
    </>
  );
}

function columnsOf(
  words: OperatorTexts,
  whyNot: string | null,
  onDecide: (approval: Approval) => void,
): readonly Column<Approval>[] {
  return [
    { id: 'act', title: words.act, isMain: true, show: ({ act }) => <code className="text-sm">{act}</code> },
    {
      id: 'details',
      title: words.details,
      show: ({ details }) => <span className="text-sm [overflow-wrap:anywhere]">{detailsText(details)}</span>,
    },
    {
      id: 'state',
      title: words.state,
      isMain: true,
      show: ({ state }) => <Badge tone={TONES[state]} label={words.states[state]} />,
    },
    {
      id: 'requestedBy',
      title: words.requestedBy,
      show: ({ requestedBy }) => <span className="text-sm [overflow-wrap:anywhere]">{requestedBy}</span>,
    },
    { id: 'requestedAt', title: words.requestedAt, show: ({ requestedAt }) => <Time at={requestedAt} /> },
    { id: 'expires', title: words.expires, isExtra: true, show: ({ expiresAt }) => <Time at={expiresAt} /> },
    { id: 'decidedBy', title: words.decidedBy, isExtra: true, show: ({ decidedBy }) => decidedBy ?? '–' },
    {
      id: 'decide',
      title: words.decide,
      isMain: true,
      show: (approval) =>
        approval.state === 'requested' && (
          <Button look="quiet" whyNot={whyNot} onClick={() => onDecide(approval)}>
            {words.decide}
          </Button>
        ),
    },
  ];
}

function detailsText(details: Approval['details']): string {
  return Object.entries(details)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}: ${value}`)
    .join(', ');
}
