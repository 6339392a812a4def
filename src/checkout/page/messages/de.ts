import type { Messages } from './messages.ts';

export const DE: Messages = {
  amountToPay: 'Zu zahlender Betrag',
  amountPaid: 'Bezahlter Betrag',
  amount: 'Betrag',
  reference: 'Referenz',
  details: 'Bestelldetails',
  payBy: (time) => `Zahlbar bis ${time}`,
  timeLeft: 'Verbleibende Zeit',
  fiveMinutesLeft: 'Noch 5 Minuten zum Bezahlen.',
  oneMinuteLeft: 'Noch 1 Minute zum Bezahlen.',
  timeIsUp: 'Die Zeit ist abgelaufen. Wir prüfen Ihre Zahlung.',

  chooseTitle: 'Wie möchten Sie bezahlen?',
  confirmTitle: 'Zahlung bestätigen',
  pay: (amount) => `${amount} bezahlen`,
  cancel: 'Abbrechen und zurück',
  oneMoment: 'Einen Moment …',
  offline: 'Keine Verbindung. Bitte noch nicht erneut bezahlen: Wir prüfen das.',
  checkAgain: 'Erneut prüfen',
  tryAgain: 'Erneut versuchen',
  notCharged: 'Es wurde nichts abgebucht.',
  backTo: (shop) => `Zurück zu ${shop}`,
  leavingSoon: (shop) => `Sie werden in wenigen Sekunden zu ${shop} zurückgeleitet.`,

  declinedTitle: 'Zahlung abgelehnt',
  declinedNext: 'Versuchen Sie es erneut oder wählen Sie eine andere Zahlungsart.',
  declined: {
    insufficientFunds: 'Das Konto ist nicht ausreichend gedeckt.',
    expiredCard: 'Diese Karte ist abgelaufen.',
    incorrectCvc: 'Der Sicherheitscode der Karte ist nicht richtig.',
    authenticationFailed: 'Ihre Bank konnte nicht bestätigen, dass Sie es waren.',
    limitExceeded: 'Diese Zahlung übersteigt das mit Ihrer Bank vereinbarte Limit.',
    general: 'Ihre Bank hat diese Zahlung nicht angenommen.',
  },

  redirectTitle: 'Weiter zu Ihrer Bank',
  redirectText:
    'Wir leiten Sie auf eine sichere Seite weiter, auf der Sie die Zahlung freigeben. Danach kommen Sie hierher zurück.',
  redirectAction: 'Weiter',

  qrTitle: 'Zum Bezahlen scannen',
  qrText: 'Öffnen Sie Ihre Banking-App, scannen Sie den Code und geben Sie die Zahlung frei.',
  qrAlt: 'QR-Code für diese Zahlung',
  qrWaiting: 'Wir warten auf Ihre Zahlung …',
  openApp: 'In der App öffnen',
  copyCode: 'Zahlungscode kopieren',
  copied: 'Kopiert',

  card: {
    title: 'Mit Karte bezahlen',
    text: 'Ihre Kartendaten gehen direkt an den Zahlungsanbieter. Der Shop sieht sie nie.',
    number: 'Kartennummer',
    expiry: 'Gültig bis',
    code: 'Prüfnummer',
    firstName: 'Vorname',
    lastName: 'Nachname',
    check: 'Bitte prüfen Sie die markierten Felder.',
    failed:
      'Die Kartenfelder sind gerade nicht verfügbar. Es wurde nichts abgebucht. Bitte versuchen Sie es gleich noch einmal.',
    needsScript:
      'Für die Kartenzahlung wird JavaScript benötigt. Schalten Sie es im Browser ein oder gehen Sie zurück zum Shop.',
  },

  waitingTitle: 'Ihre Bank bestätigt die Zahlung',
  waitingText: 'Sie können diese Seite schließen; der Shop wird benachrichtigt.',
  unknownTitle: 'Wir fragen bei der Bank nach',
  unknownText:
    'Wir wissen noch nicht, ob Ihre Zahlung angekommen ist. Bitte nicht noch einmal bezahlen: Diese Seite zeigt Ihnen das Ergebnis.',
  unavailableTitle: 'Bezahlen ist gerade nicht möglich',
  unavailableText:
    'Der Zahlungsdienst antwortet nicht. Es wurde nichts abgebucht. Bitte versuchen Sie es gleich noch einmal.',

  succeededTitle: 'Zahlung erfolgreich',
  succeededText: 'Vielen Dank. Ihre Zahlung ist eingegangen.',
  failedTitle: 'Zahlung fehlgeschlagen',
  canceledTitle: 'Zahlung abgebrochen',
  expiredTitle: 'Die Zeit ist abgelaufen',
  expiredText: 'Diese Zahlung ist verfallen. Es wurde nichts abgebucht.',
  reversedTitle: 'Zahlung rückgängig gemacht',
  reversedText: 'Diese Zahlung wurde rückgängig gemacht. Es wurde nichts abgebucht.',

  missingTitle: 'Dieser Zahlungslink funktioniert nicht',
  missingText:
    'Vielleicht ist er abgelaufen oder wurde durch einen neueren ersetzt. Im Shop sehen Sie Ihre Bestellung. Falls Sie schon bezahlt haben, fragen Sie bitte im Shop nach, bevor Sie noch einmal bezahlen.',

  testMode: 'Testmodus: kein echtes Geld',
  poweredBy: 'Zahlungen mit Tollgate',
  help: 'Hilfe',
  legal: 'Rechtliches',
};
