import type { Messages } from './messages.ts';

export const HU: Messages = {
  amountToPay: 'Fizetendő összeg',
  amountPaid: 'Kifizetett összeg',
  amount: 'Összeg',
  reference: 'Hivatkozás',
  details: 'A rendelés részletei',
  payBy: (time) => `Fizetési határidő: ${time}`,
  timeLeft: 'Hátralévő idő',
  fiveMinutesLeft: 'Még 5 perce van fizetni.',
  oneMinuteLeft: 'Még 1 perce van fizetni.',
  timeIsUp: 'Lejárt az idő. Ellenőrizzük a fizetést.',

  chooseTitle: 'Hogyan szeretne fizetni?',
  confirmTitle: 'Fizetés megerősítése',
  pay: (amount) => `Fizetés: ${amount}`,
  cancel: 'Mégse, vissza',
  oneMoment: 'Egy pillanat…',
  offline: 'Nincs kapcsolat. Még ne fizessen újra: ellenőrizni fogjuk.',
  checkAgain: 'Ellenőrzés újra',
  tryAgain: 'Próbálja újra',
  notCharged: 'Nem terheltük meg Önt.',
  backTo: (shop) => `Vissza ide: ${shop}`,
  leavingSoon: (shop) => `Néhány másodperc múlva visszairányítjuk ide: ${shop}.`,

  declinedTitle: 'Elutasított fizetés',
  declinedNext: 'Próbálja újra, vagy válasszon másik fizetési módot.',
  declined: {
    insufficientFunds: 'Nincs elegendő fedezet ezen a számlán.',
    expiredCard: 'Ez a kártya lejárt.',
    incorrectCvc: 'A kártya biztonsági kódja nem megfelelő.',
    authenticationFailed: 'A bankja nem tudta megerősíteni, hogy Ön fizet.',
    limitExceeded: 'Ez a fizetés meghaladja a bankjánál beállított limitet.',
    general: 'A bankja nem fogadta el ezt a fizetést.',
  },

  redirectTitle: 'Folytatás a bankjánál',
  redirectText: 'Egy biztonságos oldalra visszük, ahol jóváhagyhatja a fizetést. Utána ide tér vissza.',
  redirectAction: 'Folytatás',

  qrTitle: 'Olvassa be a fizetéshez',
  qrText: 'Nyissa meg a banki alkalmazását, olvassa be a kódot, és hagyja jóvá a fizetést.',
  qrAlt: 'A fizetés QR-kódja',
  qrWaiting: 'Várjuk a fizetést…',
  openApp: 'Megnyitás az alkalmazásban',
  copyCode: 'Fizetési kód másolása',
  copied: 'Másolva',

  waitingTitle: 'A bankja megerősíti a fizetést',
  waitingText: 'Bezárhatja ezt az oldalt; az üzletet értesítjük.',
  unknownTitle: 'Megkérdezzük a bankot',
  unknownText: 'Még nem tudjuk, hogy a fizetés sikerült-e. Ne fizessen újra: ez az oldal mutatja majd az eredményt.',
  unavailableTitle: 'Most nem lehet fizetni',
  unavailableText: 'A fizetési szolgáltatás nem válaszol. Nem terheltük meg Önt. Kérjük, próbálja újra hamarosan.',

  succeededTitle: 'Sikeres fizetés',
  succeededText: 'Köszönjük. A fizetés megérkezett.',
  failedTitle: 'Sikertelen fizetés',
  canceledTitle: 'Megszakított fizetés',
  expiredTitle: 'Lejárt az idő',
  expiredText: 'Ez a fizetés lejárt. Nem történt terhelés.',
  reversedTitle: 'Visszavont fizetés',
  reversedText: 'Ezt a fizetést visszavontuk. Nem történt terhelés.',

  missingTitle: 'Ez a fizetési hivatkozás nem működik',
  missingText:
    'Lehet, hogy lejárt, vagy egy újabb váltotta fel. Térjen vissza az üzletbe, és nézze meg a rendelését. Ha már fizetett, kérdezze meg az üzletet, mielőtt újra fizetne.',

  testMode: 'Tesztmód: nincs valódi pénz',
  poweredBy: 'Fizetés: Tollgate',
  help: 'Súgó',
  legal: 'Jogi tudnivalók',
};
