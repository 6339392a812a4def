import { eventTypesEn } from './event-types-en.ts';

/** What the panel says about events, in English. */
export const texts = {
  title: 'Events',
  back: 'All events',
  type: 'Type',
  what: 'What happened',
  payment: 'Payment',
  undelivered: 'Delivered',
  toNobody: 'To nobody yet',
  from: 'From',
  to: 'To',
  created: 'When',
  id: 'Id',
  emptyTitle: 'No events',
  emptyHint: 'What happens to payments, refunds and disputes appears here, whether or not somebody is told of it.',
  version: 'Version of the objects',
  object: 'The object as it was right after',
  deliveries: 'Who was told',
  noDeliveries: 'Nobody was told',
  noDeliveriesHint: 'No endpoint asked for events of this type when it happened. It can be sent to one now.',
  send: 'Send to an endpoint',
  sendTitle: 'Send this event to an endpoint?',
  sendHint:
    'Also to one that was never told of it. The webhook-id stays the same, so a receiver that knows it passes it by.',
  endpoint: 'Endpoint',
  noEndpoint: 'There is no endpoint yet: add one first.',
  sent: 'It is on its way, as a new delivery.',
  types: eventTypesEn,
};

export type EventTexts = typeof texts;
