import type { DomainTexts } from './texts-en.ts';

/** Was die Seiten über Domains sagen, auf Deutsch. */
export const texts: DomainTexts = {
  title: 'Domains',
  emptyTitle: 'Keine eigenen Domains',
  emptyHint: 'Bezahlt wird unter der Adresse der Installation. Mit einem eigenen Host wird dort bezahlt.',
  add: 'Domain beanspruchen',
  addHint:
    'Ein eigener Host wie pay.shop.example, unter dem in diesem Modus bezahlt wird. Ein Eintrag in seinem DNS beweist, dass er Ihnen gehört.',
  doAdd: 'Beanspruchen',
  added: 'Die Domain ist beansprucht. Jetzt den Eintrag im DNS anlegen.',
  back: 'Alle Domains',
  domain: 'Domain',
  status: 'Status',
  problem: 'Letzte Prüfung',
  checked: 'Geprüft',
  verified: 'Bewiesen',
  created: 'Beansprucht',
  id: 'ID',
  statuses: { pending: 'Offen', verified: 'Bewiesen', lapsed: 'Erloschen' },
  statusHints: {
    pending: 'Der Eintrag wurde noch nicht gefunden. Er wird von selbst gesucht, am Anfang jede Minute.',
    verified: 'Neue Zahlungen bekommen ihre Adresse hier. Der Eintrag muss stehen bleiben.',
    lapsed: 'Sie war bewiesen, und der Eintrag ist weg: Hier wird nichts gezeigt. Den Eintrag wieder anlegen.',
  },
  problems: {
    no_record: 'Es gibt keinen TXT-Eintrag dieses Namens.',
    wrong_record: 'Es gibt TXT-Einträge dieses Namens, aber keiner sagt, was er muss.',
    dns_failed: 'Das DNS gab keine verlässliche Antwort. Daran ändert sich nichts.',
    taken: 'Ein anderer Mandant hat diese Domain bewiesen und kann es noch.',
  },
  fine: 'Gefunden',
  never: 'Noch nicht',
  record: 'Der Eintrag, der es beweist',
  recordHint: 'Dort anlegen, wo das DNS gepflegt wird, und stehen lassen.',
  type: 'Typ',
  name: 'Name',
  value: 'Wert',
  pointHint:
    'Danach den Host selbst auf diese Installation zeigen lassen (CNAME auf den Host des Checkouts, oder A und AAAA auf seine Adressen). Das Zertifikat kommt mit dem ersten Besuch von selbst.',
  check: 'Jetzt suchen',
  found: 'Der Eintrag wurde gefunden. Die Domain ist bewiesen.',
  notFound: 'Der Beweis wurde noch nicht gefunden.',
  remove: 'Aufgeben',
  removeTitle: 'Diese Domain aufgeben?',
  removeHint: (domain) =>
    `Seiten, die unter ${domain} offen sind, enden; ihre Zahlungen gehen unter der Adresse der Installation weiter. Verschickte Adressen führen ins Leere.`,
  removed: 'Die Domain ist aufgegeben.',
  keep: 'Behalten',
};
