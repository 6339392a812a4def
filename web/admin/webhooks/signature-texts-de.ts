import type { SignatureTexts } from './signature-texts-en.ts';

/** Was das Panel über Signaturen sagt, auf Deutsch. */
export const texts: SignatureTexts = {
  title: 'Signatur erklärt',
  show: 'Zeigen, was signiert wurde',
  how: {
    standard:
      'Kopfzeile webhook-signature: HMAC-SHA256 über webhook-id, webhook-timestamp und Inhalt, durch Punkte verbunden; base64 nach „v1,“.',
    bluesnap:
      'Kopfzeile bls-signature: HMAC-SHA256 über bls-ipn-timestamp und direkt dahinter den Inhalt; hexadezimal, klein.',
    'bluesnap-receipt':
      'Kopfzeile bls-signature: HMAC-SHA256 über bls-ipn-timestamp und direkt dahinter den Inhalt; hexadezimal, klein. Die Antwort muss die Quittung sein.',
    encrypted:
      'Der Inhalt ist ein kompaktes JWE (dir, A256GCM). Wer es mit dem Schlüssel öffnen kann, weiß, von wem es ist.',
    'encrypted-legacy':
      'Der Inhalt ist AES-128-CBC in base64. Er beweist nicht, von wem er ist: nur für alte Empfänger.',
    partner:
      'Feld signature: HMAC-SHA256 über die Werte in fester Reihenfolge, durch „|“ verbunden, fehlende leer; hexadezimal, klein.',
  },
  asAttempt: (number: number) => `Wie in Versuch ${number}, mit demselben Zeitstempel und den Schlüsseln von damals.`,
  asNow: 'Noch wurde nichts gesendet: so, wie es jetzt gesendet würde.',
  signedText: 'Der genaue Text, der signiert wird',
  body: 'Inhalt',
  madeAnew:
    'Der Inhalt wird für jeden Versuch neu verschlüsselt oder nummeriert; hier ist nichts zu zeigen. Ein Test zeigt einen.',
  keys: 'Signiert mit dem Geheimnis',
  keysOpened: 'Verschlüsselt mit dem Schlüssel',
  verify: 'Wie sie geprüft wird',
  hintsTitle: 'Wenn Ihr Server etwas anderes errechnet',
  hints: [
    'Die Bytes des Inhalts nehmen, wie sie kamen: gelesen und neu geschrieben sind es andere.',
    'Ein Geheimnis, das mit whsec_ beginnt, ist dahinter base64.',
    'Während eines Wechsels kommen zwei Signaturen, durch ein Leerzeichen getrennt: Eine passende genügt.',
    'Den Text oben Byte für Byte mit dem vergleichen, was Ihr Server in den HMAC gibt.',
  ],
  raw: 'Signaturen werden nicht aufbewahrt: Wer eine läse, könnte die Nachricht noch einmal senden, solange ihr Zeitstempel frisch ist.',
};
