import type { CheckoutLocale } from '../checkout/page/locale.ts';

/** What the page of a code says beside the words that it shares with the checkout. Values go in as text. */
export interface QrMessages {
  readonly amountTitle: string;
  readonly amountLabel: (currency: string) => string;
  readonly confirmTitle: string;
  readonly between: (least: string, most: string) => string;
  readonly atLeast: (least: string) => string;
  readonly atMost: (most: string) => string;
  readonly notAnAmount: (example: string) => string;
  readonly next: string;
  readonly usedTitle: string;
  readonly expiredTitle: string;
  readonly canceledTitle: string;
  readonly askShop: (shop: string) => string;
}

const EN: QrMessages = {
  amountTitle: 'How much would you like to pay?',
  amountLabel: (currency) => `Amount in ${currency}`,
  confirmTitle: 'Is this the right amount?',
  between: (least, most) => `From ${least} to ${most}`,
  atLeast: (least) => `At least ${least}`,
  atMost: (most) => `At most ${most}`,
  notAnAmount: (example) => `Please enter an amount such as ${example}.`,
  next: 'Continue to payment',
  usedTitle: 'This code has already been used',
  expiredTitle: 'This code has expired',
  canceledTitle: 'This code is no longer valid',
  askShop: (shop) => `Ask ${shop} for a new one. If you have already paid, do not pay again before you have asked.`,
};

const CATALOG: Readonly<Record<string, QrMessages>> = {
  en: EN,
  af: {
    amountTitle: 'Hoeveel wil jy betaal?',
    amountLabel: (currency) => `Bedrag in ${currency}`,
    confirmTitle: 'Is dit die regte bedrag?',
    between: (least, most) => `Van ${least} tot ${most}`,
    atLeast: (least) => `Minstens ${least}`,
    atMost: (most) => `Hoogstens ${most}`,
    notAnAmount: (example) => `Voer asseblief ’n bedrag soos ${example} in.`,
    next: 'Gaan voort na betaling',
    usedTitle: 'Hierdie kode is reeds gebruik',
    expiredTitle: 'Hierdie kode het verval',
    canceledTitle: 'Hierdie kode is nie meer geldig nie',
    askShop: (shop) =>
      `Vra ${shop} vir ’n nuwe een. As jy reeds betaal het, moenie weer betaal voordat jy gevra het nie.`,
  },
  ar: {
    amountTitle: 'كم تريد أن تدفع؟',
    amountLabel: (currency) => `المبلغ بعملة ${currency}`,
    confirmTitle: 'هل هذا هو المبلغ الصحيح؟',
    between: (least, most) => `من ${least} إلى ${most}`,
    atLeast: (least) => `على الأقل ${least}`,
    atMost: (most) => `على الأكثر ${most}`,
    notAnAmount: (example) => `يرجى إدخال مبلغ مثل ${example}.`,
    next: 'المتابعة إلى الدفع',
    usedTitle: 'سبق استخدام هذا الرمز',
    expiredTitle: 'انتهت صلاحية هذا الرمز',
    canceledTitle: 'لم يعد هذا الرمز صالحًا',
    askShop: (shop) => `اطلب رمزًا جديدًا من ${shop}. إذا كنت قد دفعت بالفعل فلا تدفع مرة أخرى قبل أن تسأل.`,
  },
  de: {
    amountTitle: 'Wie viel möchten Sie zahlen?',
    amountLabel: (currency) => `Betrag in ${currency}`,
    confirmTitle: 'Ist das der richtige Betrag?',
    between: (least, most) => `Von ${least} bis ${most}`,
    atLeast: (least) => `Mindestens ${least}`,
    atMost: (most) => `Höchstens ${most}`,
    notAnAmount: (example) => `Bitte geben Sie einen Betrag wie ${example} ein.`,
    next: 'Weiter zur Zahlung',
    usedTitle: 'Dieser Code wurde bereits verwendet',
    expiredTitle: 'Dieser Code ist abgelaufen',
    canceledTitle: 'Dieser Code gilt nicht mehr',
    askShop: (shop) =>
      `Bitten Sie ${shop} um einen neuen. Falls Sie schon gezahlt haben, zahlen Sie nicht noch einmal, bevor Sie gefragt haben.`,
  },
  es: {
    amountTitle: '¿Cuánto desea pagar?',
    amountLabel: (currency) => `Importe en ${currency}`,
    confirmTitle: '¿Es este el importe correcto?',
    between: (least, most) => `De ${least} a ${most}`,
    atLeast: (least) => `Como mínimo ${least}`,
    atMost: (most) => `Como máximo ${most}`,
    notAnAmount: (example) => `Introduzca un importe como ${example}.`,
    next: 'Continuar con el pago',
    usedTitle: 'Este código ya se ha utilizado',
    expiredTitle: 'Este código ha caducado',
    canceledTitle: 'Este código ya no es válido',
    askShop: (shop) => `Pida uno nuevo a ${shop}. Si ya ha pagado, no vuelva a pagar antes de preguntar.`,
  },
  fr: {
    amountTitle: 'Combien souhaitez-vous payer ?',
    amountLabel: (currency) => `Montant en ${currency}`,
    confirmTitle: 'Est-ce le bon montant ?',
    between: (least, most) => `De ${least} à ${most}`,
    atLeast: (least) => `Au moins ${least}`,
    atMost: (most) => `Au plus ${most}`,
    notAnAmount: (example) => `Veuillez saisir un montant tel que ${example}.`,
    next: 'Continuer vers le paiement',
    usedTitle: 'Ce code a déjà été utilisé',
    expiredTitle: 'Ce code a expiré',
    canceledTitle: 'Ce code n’est plus valable',
    askShop: (shop) =>
      `Demandez-en un nouveau à ${shop}. Si vous avez déjà payé, ne payez pas à nouveau avant d’avoir posé la question.`,
  },
  hu: {
    amountTitle: 'Mennyit szeretne fizetni?',
    amountLabel: (currency) => `Összeg (${currency})`,
    confirmTitle: 'Ez a helyes összeg?',
    between: (least, most) => `Legalább ${least}, legfeljebb ${most}`,
    atLeast: (least) => `Legalább ${least}`,
    atMost: (most) => `Legfeljebb ${most}`,
    notAnAmount: (example) => `Adjon meg egy összeget, például: ${example}.`,
    next: 'Tovább a fizetéshez',
    usedTitle: 'Ezt a kódot már felhasználták',
    expiredTitle: 'Ez a kód lejárt',
    canceledTitle: 'Ez a kód már nem érvényes',
    askShop: (shop) => `Kérjen újat itt: ${shop}. Ha már fizetett, ne fizessen újra, amíg nem kérdezett rá.`,
  },
  pt: {
    amountTitle: 'Quanto deseja pagar?',
    amountLabel: (currency) => `Valor em ${currency}`,
    confirmTitle: 'Este é o valor correto?',
    between: (least, most) => `De ${least} a ${most}`,
    atLeast: (least) => `No mínimo ${least}`,
    atMost: (most) => `No máximo ${most}`,
    notAnAmount: (example) => `Introduza um valor como ${example}.`,
    next: 'Continuar para o pagamento',
    usedTitle: 'Este código já foi utilizado',
    expiredTitle: 'Este código expirou',
    canceledTitle: 'Este código já não é válido',
    askShop: (shop) => `Peça um novo a ${shop}. Se já pagou, não pague de novo antes de perguntar.`,
  },
  vi: {
    amountTitle: 'Bạn muốn thanh toán bao nhiêu?',
    amountLabel: (currency) => `Số tiền (${currency})`,
    confirmTitle: 'Số tiền này có đúng không?',
    between: (least, most) => `Từ ${least} đến ${most}`,
    atLeast: (least) => `Tối thiểu ${least}`,
    atMost: (most) => `Tối đa ${most}`,
    notAnAmount: (example) => `Vui lòng nhập số tiền, ví dụ ${example}.`,
    next: 'Tiếp tục thanh toán',
    usedTitle: 'Mã này đã được sử dụng',
    expiredTitle: 'Mã này đã hết hạn',
    canceledTitle: 'Mã này không còn hiệu lực',
    askShop: (shop) => `Hãy hỏi ${shop} để nhận mã mới. Nếu bạn đã thanh toán, đừng thanh toán lại trước khi hỏi.`,
  },
  zu: {
    amountTitle: 'Ufuna ukukhokha malini?',
    amountLabel: (currency) => `Inani nge-${currency}`,
    confirmTitle: 'Ingabe leli inani elifanele?',
    between: (least, most) => `Kusuka ku-${least} kuya ku-${most}`,
    atLeast: (least) => `Okungenani ${least}`,
    atMost: (most) => `Okungeqi ku-${most}`,
    notAnAmount: (example) => `Sicela ufake inani elifana no-${example}.`,
    next: 'Qhubeka uye ekukhokheni',
    usedTitle: 'Le khodi isivele isetshenzisiwe',
    expiredTitle: 'Le khodi iphelelwe yisikhathi',
    canceledTitle: 'Le khodi ayisasebenzi',
    askShop: (shop) => `Cela entsha ku-${shop}. Uma usukhokhile kakade, ungaphindi ukhokhe ungakabuzi.`,
  },
};

/** The words in the shopper's language; a language that the page has and this has not yet speaks English here. */
export function qrMessages({ language }: CheckoutLocale): QrMessages {
  return CATALOG[language] ?? EN;
}
