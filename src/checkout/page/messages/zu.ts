import type { Messages } from './messages.ts';

export const ZU: Messages = {
  amountToPay: 'Imali okufanele ikhokhwe',
  amountPaid: 'Imali ekhokhiwe',
  amount: 'Imali',
  reference: 'Inombolo yereferensi',
  details: 'Imininingwane ye-oda',
  payBy: (time) => `Khokha ngaphambi kuka-${time}`,
  timeLeft: 'Isikhathi esisele',
  fiveMinutesLeft: 'Kusele imizuzu emi-5 yokukhokha.',
  oneMinuteLeft: 'Kusele umzuzu o-1 wokukhokha.',
  timeIsUp: 'Isikhathi siphelile. Sihlola inkokhelo yakho.',

  chooseTitle: 'Ungathanda ukukhokha kanjani?',
  confirmTitle: 'Qinisekisa inkokhelo yakho',
  pay: (amount) => `Khokha ${amount}`,
  cancel: 'Khansela ubuyele emuva',
  oneMoment: 'Linda kancane…',
  offline: 'Akukho uxhumano. Ungakhokhi futhi okwamanje: sizohlola.',
  checkAgain: 'Hlola futhi',
  tryAgain: 'Zama futhi',
  notCharged: 'Ayikho imali edonsiwe.',
  backTo: (shop) => `Buyela ku-${shop}`,
  leavingSoon: (shop) => `Uzobuyiselwa ku-${shop} emizuzwaneni embalwa.`,

  declinedTitle: 'Inkokhelo yenqatshiwe',
  declinedNext: 'Zama futhi noma ukhethe enye indlela yokukhokha.',
  declined: {
    insufficientFunds: 'Ayikho imali eyanele kule akhawunti.',
    expiredCard: 'Leli khadi liphelelwe yisikhathi.',
    incorrectCvc: 'Ikhodi yokuphepha yekhadi ayilungile.',
    authenticationFailed: 'Ibhange lakho alikwazanga ukuqinisekisa ukuthi nguwe.',
    limitExceeded: 'Le nkokhelo ingaphezu komkhawulo obekwe nebhange lakho.',
    general: 'Ibhange lakho aliyamukelanga le nkokhelo.',
  },

  redirectTitle: 'Qhubeka nebhange lakho',
  redirectText: 'Sikuyisa ekhasini eliphephile ukuze ugunyaze le nkokhelo. Uzobuyela lapha ngemva kwalokho.',
  redirectAction: 'Qhubeka',

  qrTitle: 'Skena ukuze ukhokhe',
  qrText: 'Vula uhlelo lwakho lwebhange, skena ikhodi bese ugunyaza inkokhelo.',
  qrAlt: 'Ikhodi ye-QR yale nkokhelo',
  qrWaiting: 'Silinde inkokhelo yakho…',
  openApp: 'Vula kuhlelo lokusebenza',
  copyCode: 'Kopisha ikhodi yenkokhelo',
  copied: 'Ikopishiwe',

  waitingTitle: 'Ibhange lakho liyaqinisekisa',
  waitingText: 'Ungalivala leli khasi; isitolo sizokwaziswa.',
  unknownTitle: 'Sibuza ebhange',
  unknownText: 'Asikazi ukuthi inkokhelo yakho iphumelele yini. Ungakhokhi futhi: leli khasi lizokhombisa umphumela.',
  unavailableTitle: 'Ukukhokha akutholakali njengamanje',
  unavailableText: 'Isevisi yokukhokha ayiphenduli. Ayikho imali edonsiwe. Sicela uzame futhi maduze.',

  succeededTitle: 'Inkokhelo iphumelele',
  succeededText: 'Siyabonga. Inkokhelo yakho itholakele.',
  failedTitle: 'Inkokhelo ihlulekile',
  canceledTitle: 'Inkokhelo ikhanseliwe',
  expiredTitle: 'Isikhathi siphelile',
  expiredText: 'Le nkokhelo iphelelwe yisikhathi. Ayikho imali edonsiwe.',
  reversedTitle: 'Inkokhelo ihlehlisiwe',
  reversedText: 'Le nkokhelo ihlehlisiwe. Ayikho imali edonsiwe.',

  missingTitle: 'Lesi sixhumanisi sokukhokha asisebenzi',
  missingText:
    'Kungenzeka siphelelwe yisikhathi noma sithathelwe indawo ngesisha. Buyela esitolo ukuze ubone i-oda lakho. Uma usukhokhile, buza esitolo ngaphambi kokukhokha futhi.',

  testMode: 'Imodi yokuhlola: akuyona imali yangempela',
  poweredBy: 'Izinkokhelo nge-Tollgate',
  help: 'Usizo',
  legal: 'Ezomthetho',
};
