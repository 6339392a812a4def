import type { Delivery } from '../../../sdk/src/api.generated.ts';
import type { Column } from '../../ui/data-table.tsx';
import { Copyable, Time } from '../../ui/value.tsx';
import type { Place } from '../api/send.ts';
import { TextLink } from '../frame/links.tsx';
import { DeliveryStatus } from './delivery-status.tsx';
import type { WebhookTexts } from './texts-en.ts';

/** Deliveries as lists show them. */
export function deliveryColumns(words: WebhookTexts['deliveries'], place: Place): readonly Column<Delivery>[] {
  return [
    {
      id: 'event',
      title: words.event,
      isMain: true,
      show: ({ id, eventType }) => (
        <TextLink to="/$tenantId/$mode/deliveries/$deliveryId" params={{ ...place, deliveryId: id }}>
          {eventType}
        </TextLink>
      ),
    },
    { id: 'status', title: words.status, isMain: true, show: ({ status }) => <DeliveryStatus status={status} /> },
    {
      id: 'answer',
      title: words.answer,
      show: ({ lastStatusCode, lastError }) => lastStatusCode ?? lastError ?? '–',
    },
    { id: 'attempts', title: words.attempts, isNumber: true, show: ({ attemptsMade }) => attemptsMade },
    {
      id: 'next',
      title: words.next,
      show: ({ nextAttemptAt }) => (nextAttemptAt === null ? '–' : <Time at={nextAttemptAt} />),
    },
    { id: 'trigger', title: words.trigger, isExtra: true, show: ({ trigger }) => words.triggers[trigger] },
    {
      id: 'payment',
      title: words.payment,
      isExtra: true,
      show: ({ paymentId }) =>
        paymentId === null ? (
          '–'
        ) : (
          <TextLink to="/$tenantId/$mode/payments/$paymentId" params={{ ...place, paymentId }}>
            {paymentId}
          </TextLink>
        ),
    },
    { id: 'created', title: words.created, show: ({ createdAt }) => <Time at={createdAt} /> },
    { id: 'id', title: words.id, isExtra: true, show: ({ id }) => <Copyable text={id} what={words.id} isShort /> },
  ];
}
