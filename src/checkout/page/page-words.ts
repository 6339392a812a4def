import type { CheckoutLocale } from './locale.ts';

/** What the page says beside its catalogue: what became of an earlier payment, and steps that no frame may show. */
interface PageWords {
  readonly triesLeft: (count: string) => string;
  readonly paidBeforeTitle: string;
  readonly paidBeforeText: string;
  readonly ownWindowText: string;
  readonly ownWindowAction: string;
  readonly ownWindowCode: string;
  readonly savePicture: string;
}

const EN: PageWords = {
  triesLeft: (count) => `Tries left: ${count}`,
  paidBeforeTitle: 'Already paid',
  paidBeforeText: 'This has been paid. There is nothing more to do, and nothing more will be charged.',
  ownWindowText: 'The next step needs a window of its own. Open it here, or scan the code with your phone.',
  ownWindowAction: 'Open the secure page',
  ownWindowCode: 'QR code that opens the secure page',
  savePicture: 'Save the code as a picture',
};

const WORDS: Readonly<Record<string, PageWords>> = {
  en: EN,
  de: {
    triesLeft: (count) => `Verbleibende Versuche: ${count}`,
    paidBeforeTitle: 'Bereits bezahlt',
    paidBeforeText: 'Das ist schon bezahlt. Es ist nichts mehr zu tun, und es wird nichts weiter abgebucht.',
    ownWindowText:
      'Der nächste Schritt braucht ein eigenes Fenster. Öffnen Sie es hier, oder scannen Sie den Code mit Ihrem Telefon.',
    ownWindowAction: 'Sichere Seite öffnen',
    ownWindowCode: 'QR-Code, der die sichere Seite öffnet',
    savePicture: 'Code als Bild speichern',
  },
  fr: {
    triesLeft: (count) => `Tentatives restantes : ${count}`,
    paidBeforeTitle: 'Déjà payé',
    paidBeforeText: 'Ce paiement a déjà été effectué. Vous n’avez plus rien à faire et rien d’autre ne sera débité.',
    ownWindowText:
      'L’étape suivante s’ouvre dans sa propre fenêtre. Ouvrez-la ici ou scannez le code avec votre téléphone.',
    ownWindowAction: 'Ouvrir la page sécurisée',
    ownWindowCode: 'Code QR qui ouvre la page sécurisée',
    savePicture: 'Enregistrer le code comme image',
  },
  es: {
    triesLeft: (count) => `Intentos restantes: ${count}`,
    paidBeforeTitle: 'Ya está pagado',
    paidBeforeText: 'Este pago ya se ha hecho. No tiene que hacer nada más y no se le cobrará nada más.',
    ownWindowText: 'El siguiente paso necesita su propia ventana. Ábrala aquí o escanee el código con su teléfono.',
    ownWindowAction: 'Abrir la página segura',
    ownWindowCode: 'Código QR que abre la página segura',
    savePicture: 'Guardar el código como imagen',
  },
  pt: {
    triesLeft: (count) => `Tentativas restantes: ${count}`,
    paidBeforeTitle: 'Já está pago',
    paidBeforeText: 'Este pagamento já foi feito. Não há mais nada a fazer e nada mais será cobrado.',
    ownWindowText: 'O próximo passo precisa de uma janela própria. Abra-a aqui ou leia o código com o telefone.',
    ownWindowAction: 'Abrir a página segura',
    ownWindowCode: 'Código QR que abre a página segura',
    savePicture: 'Guardar o código como imagem',
  },
  hu: {
    triesLeft: (count) => `Hátralévő próbálkozások: ${count}`,
    paidBeforeTitle: 'Már ki van fizetve',
    paidBeforeText: 'Ez a fizetés már megtörtént. Nincs több teendője, és további összeget nem terhelünk.',
    ownWindowText: 'A következő lépéshez külön ablak kell. Nyissa meg itt, vagy olvassa be a kódot a telefonjával.',
    ownWindowAction: 'A biztonságos oldal megnyitása',
    ownWindowCode: 'QR-kód, amely megnyitja a biztonságos oldalt',
    savePicture: 'A kód mentése képként',
  },
  vi: {
    triesLeft: (count) => `Số lần thử còn lại: ${count}`,
    paidBeforeTitle: 'Đã thanh toán',
    paidBeforeText: 'Khoản này đã được thanh toán. Bạn không cần làm gì thêm và sẽ không bị trừ thêm tiền.',
    ownWindowText: 'Bước tiếp theo cần một cửa sổ riêng. Hãy mở tại đây hoặc quét mã bằng điện thoại của bạn.',
    ownWindowAction: 'Mở trang bảo mật',
    ownWindowCode: 'Mã QR mở trang bảo mật',
    savePicture: 'Lưu mã thành ảnh',
  },
  ar: {
    triesLeft: (count) => `المحاولات المتبقية: ${count}`,
    paidBeforeTitle: 'تم الدفع من قبل',
    paidBeforeText: 'تم دفع هذا المبلغ. لا يلزمك فعل أي شيء آخر، ولن يُخصم أي مبلغ إضافي.',
    ownWindowText: 'تحتاج الخطوة التالية إلى نافذة خاصة بها. افتحها من هنا، أو امسح الرمز بهاتفك.',
    ownWindowAction: 'افتح الصفحة الآمنة',
    ownWindowCode: 'رمز QR يفتح الصفحة الآمنة',
    savePicture: 'احفظ الرمز كصورة',
  },
  zu: {
    triesLeft: (count) => `Imizamo esele: ${count}`,
    paidBeforeTitle: 'Sekukhokhiwe',
    paidBeforeText: 'Lokhu sekukhokhiwe. Akukho okunye okumele ukwenze, futhi akukho okunye okuzokhokhiswa.',
    ownWindowText: 'Isinyathelo esilandelayo sidinga iwindi laso. Livule lapha, noma skena ikhodi ngefoni yakho.',
    ownWindowAction: 'Vula ikhasi eliphephile',
    ownWindowCode: 'Ikhodi ye-QR evula ikhasi eliphephile',
    savePicture: 'Londoloza ikhodi njengesithombe',
  },
  af: {
    triesLeft: (count) => `Pogings oor: ${count}`,
    paidBeforeTitle: 'Reeds betaal',
    paidBeforeText: 'Dit is klaar betaal. Jy hoef niks meer te doen nie, en niks verder sal gehef word nie.',
    ownWindowText: 'Die volgende stap het sy eie venster nodig. Maak dit hier oop, of skandeer die kode met jou foon.',
    ownWindowAction: 'Maak die veilige bladsy oop',
    ownWindowCode: 'QR-kode wat die veilige bladsy oopmaak',
    savePicture: 'Stoor die kode as ’n prent',
  },
};

/** Those words in the page's language. */
export function wordsOf({ language }: CheckoutLocale): PageWords {
  return WORDS[language] ?? EN;
}
