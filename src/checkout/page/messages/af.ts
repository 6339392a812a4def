import type { Messages } from './messages.ts';

export const AF: Messages = {
  amountToPay: 'Bedrag om te betaal',
  amountPaid: 'Bedrag betaal',
  amount: 'Bedrag',
  reference: 'Verwysing',
  details: 'Bestelbesonderhede',
  payBy: (time) => `Betaal voor ${time}`,
  timeLeft: 'Tyd oor',
  fiveMinutesLeft: 'Nog 5 minute om te betaal.',
  oneMinuteLeft: 'Nog 1 minuut om te betaal.',
  timeIsUp: 'Die tyd is verby. Ons gaan jou betaling na.',

  chooseTitle: 'Hoe wil jy betaal?',
  confirmTitle: 'Bevestig jou betaling',
  pay: (amount) => `Betaal ${amount}`,
  cancel: 'Kanselleer en gaan terug',
  oneMoment: 'Net ’n oomblik…',
  offline: 'Geen verbinding nie. Moenie nou weer betaal nie: ons sal dit nagaan.',
  checkAgain: 'Gaan weer na',
  tryAgain: 'Probeer weer',
  notCharged: 'Niks is van jou verhaal nie.',
  backTo: (shop) => `Terug na ${shop}`,
  leavingSoon: (shop) => `Jy gaan binne ’n paar sekondes terug na ${shop}.`,

  declinedTitle: 'Betaling afgekeur',
  declinedNext: 'Probeer weer of kies ’n ander manier om te betaal.',
  declined: {
    insufficientFunds: 'Daar is nie genoeg geld in hierdie rekening nie.',
    expiredCard: 'Hierdie kaart het verval.',
    incorrectCvc: 'Die kaart se sekuriteitskode is nie korrek nie.',
    authenticationFailed: 'Jou bank kon nie bevestig dat dit jy was nie.',
    limitExceeded: 'Hierdie betaling is bo die limiet wat by jou bank gestel is.',
    general: 'Jou bank het nie hierdie betaling aanvaar nie.',
  },

  redirectTitle: 'Gaan voort by jou bank',
  redirectText: 'Ons neem jou na ’n veilige bladsy om hierdie betaling goed te keur. Daarna kom jy hierheen terug.',
  redirectAction: 'Gaan voort',

  qrTitle: 'Skandeer om te betaal',
  qrText: 'Maak jou banktoep oop, skandeer die kode en keur die betaling goed.',
  qrAlt: 'QR-kode vir hierdie betaling',
  qrWaiting: 'Ons wag vir jou betaling…',
  openApp: 'Maak in die toep oop',
  copyCode: 'Kopieer betaalkode',
  copied: 'Gekopieer',

  card: {
    title: 'Betaal met kaart',
    text: 'Jou kaart gaan direk na die betaaldiens. Die winkel sien dit nooit nie.',
    number: 'Kaartnommer',
    expiry: 'Vervaldatum',
    code: 'Sekuriteitskode',
    firstName: 'Voornaam',
    lastName: 'Van',
    check: 'Kontroleer asseblief die gemerkte velde.',
    failed:
      'Die kaartvelde is nie nou beskikbaar nie. Niks is van jou verhaal nie. Probeer asseblief oor ’n oomblik weer.',
    needsScript: 'Kaartbetaling het JavaScript nodig. Skakel dit in jou blaaier aan, of gaan terug na die winkel.',
  },

  waitingTitle: 'Jou bank bevestig die betaling',
  waitingText: 'Jy kan hierdie bladsy toemaak; die winkel sal in kennis gestel word.',
  unknownTitle: 'Ons vra die bank',
  unknownText:
    'Ons weet nog nie of jou betaling deurgegaan het nie. Moenie weer betaal nie: hierdie bladsy sal die uitslag wys.',
  unavailableTitle: 'Betaling is nie nou beskikbaar nie',
  unavailableText: 'Die betaaldiens antwoord nie. Niks is van jou verhaal nie. Probeer asseblief netnou weer.',

  succeededTitle: 'Betaling geslaag',
  succeededText: 'Dankie. Jou betaling is ontvang.',
  failedTitle: 'Betaling het misluk',
  canceledTitle: 'Betaling gekanselleer',
  expiredTitle: 'Die tyd is verby',
  expiredText: 'Hierdie betaling het verval. Niks is verhaal nie.',
  reversedTitle: 'Betaling omgekeer',
  reversedText: 'Hierdie betaling is omgekeer. Niks is verhaal nie.',

  missingTitle: 'Hierdie betaalskakel werk nie',
  missingText:
    'Dit het dalk verval of is deur ’n nuwer een vervang. Gaan terug na die winkel om jou bestelling te sien. As jy reeds betaal het, vra eers die winkel voordat jy weer betaal.',

  testMode: 'Toetsmodus: geen regte geld nie',
  poweredBy: 'Betalings deur Tollgate',
  help: 'Hulp',
  legal: 'Regsinligting',
};
