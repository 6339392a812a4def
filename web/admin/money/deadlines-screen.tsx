import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { AckDeadline } from '../../../sdk/src/api.generated.ts';
import type { Column } from '../../ui/data-table.tsx';
import { Copyable, Time } from '../../ui/value.tsx';
import type { Place } from '../api/send.ts';
import { TextLink } from '../frame/links.tsx';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { ListScreen } from '../list/list-screen.tsx';
import { DeadlineStatus } from './deadline-status.tsx';
import type { DEADLINE_FILTERS } from './operation-kinds.ts';
import { PaymentLink } from './payment-link.tsx';
import type { MoneyTexts } from './texts-en.ts';
import { TimeLeft } from './time-left.tsx';
import { useMoneyTexts } from './use-money-texts.ts';

type FilterName = (typeof DEADLINE_FILTERS)[number];

/** Until when successes must be acknowledged, and what came of those that were not. */
export function DeadlinesScreen() {
  const { deadlines: words, operation } = useMoneyTexts();
  const api = useApi();
  const { place } = useHere();
  const search = useSearch({ from: '/inside/$tenantId/$mode/ack-deadlines' });
  const navigate = useNavigate();
  const columns = useMemo(() => columnsOf(words, operation, place), [words, operation, place]);
  const filters = useMemo(() => {
    const choices = Object.entries(words.statuses).map(([value, label]) => ({ value, label }));
    return [{ name: 'status' as const, label: operation.status, choices }];
  }, [words, operation]);
  return (
    <ListScreen<AckDeadline, FilterName>
      name="ack-deadlines"
      title={words.title}
      permission="webhook:read"
      columns={columns}
      filters={filters}
      search={search}
      onSearch={(next) => void navigate({ to: '/$tenantId/$mode/ack-deadlines', params: place, search: next })}
      read={(query, signal) =>
        api.notifications.listAckDeadlines(query as Parameters<typeof api.notifications.listAckDeadlines>[0], {
          signal,
        })
      }
      emptyTitle={words.emptyTitle}
      emptyHint={words.emptyHint}
    />
  );
}

function columnsOf(
  words: MoneyTexts['deadlines'],
  operation: MoneyTexts['operation'],
  place: Place,
): readonly Column<AckDeadline>[] {
  return [
    {
      id: 'deadline',
      title: words.deadline,
      isMain: true,
      show: ({ id, status, deadlineAt }) => (
        <TextLink to="/$tenantId/$mode/ack-deadlines/$deadlineId" params={{ ...place, deadlineId: id }}>
          {status === 'armed' ? (
            <TimeLeft until={deadlineAt} says={words.left} over={words.over} />
          ) : (
            <Time at={deadlineAt} seconds />
          )}
        </TextLink>
      ),
    },
    { id: 'status', title: operation.status, isMain: true, show: ({ status }) => <DeadlineStatus status={status} /> },
    {
      id: 'payment',
      title: operation.payment,
      show: ({ paymentId }) => <PaymentLink paymentId={paymentId} isShort />,
    },
    {
      id: 'cause',
      title: words.cause,
      show: ({ cause, statusCode }) =>
        cause === null ? '–' : `${words.causes[cause]}${statusCode === null ? '' : ` (${statusCode})`}`,
    },
    { id: 'reason', title: words.outcome, show: ({ reason }) => (reason === null ? '–' : words.reasons[reason]) },
    {
      id: 'endpoint',
      title: words.endpoint,
      isExtra: true,
      show: ({ endpointId }) => (
        <TextLink to="/$tenantId/$mode/webhooks/$endpointId" params={{ ...place, endpointId }}>
          {endpointId}
        </TextLink>
      ),
    },
    { id: 'armed', title: words.armed, isExtra: true, show: ({ armedAt }) => <Time at={armedAt} seconds /> },
    {
      id: 'id',
      title: operation.id,
      isExtra: true,
      show: ({ id }) => <Copyable text={id} what={operation.id} isShort />,
    },
  ];
}
