import { eventTypesDe } from './event-types-de.ts';
import type { EventTexts } from './texts-en.ts';

/** Was das Panel über Ereignisse sagt, auf Deutsch. */
export const texts: EventTexts = {
  title: 'Ereignisse',
  back: 'Alle Ereignisse',
  type: 'Art',
  what: 'Was geschehen ist',
  payment: 'Zahlung',
  undelivered: 'Zugestellt',
  toNobody: 'Noch niemandem',
  from: 'Von',
  to: 'Bis',
  created: 'Wann',
  id: 'ID',
  emptyTitle: 'Keine Ereignisse',
  emptyHint:
    'Was mit Zahlungen, Erstattungen und Streitigkeiten geschieht, erscheint hier, ob es jemand erfährt oder nicht.',
  version: 'Version der Objekte',
  object: 'Das Objekt, wie es gleich danach war',
  deliveries: 'Wer es erfahren hat',
  noDeliveries: 'Niemand hat es erfahren',
  noDeliveriesHint: 'Kein Endpunkt wollte damals Ereignisse dieser Art. Es lässt sich jetzt an einen senden.',
  send: 'An einen Endpunkt senden',
  sendTitle: 'Dieses Ereignis an einen Endpunkt senden?',
  sendHint: 'Auch an einen, der nie davon erfuhr. Die webhook-id bleibt dieselbe; wer sie kennt, übergeht sie.',
  endpoint: 'Endpunkt',
  noEndpoint: 'Es gibt noch keinen Endpunkt: zuerst einen hinzufügen.',
  sent: 'Es ist unterwegs, als neue Zustellung.',
  types: eventTypesDe,
};
