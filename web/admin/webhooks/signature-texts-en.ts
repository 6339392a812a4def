import type { DeliveryMessage } from '../../../sdk/src/api.generated.ts';

type OfDialect = Readonly<Record<DeliveryMessage['dialect'], string>>;

/** What the panel says about signatures, in English. */
export const texts = {
  title: 'Signature explained',
  show: 'Show what was signed',
  how: {
    standard:
      'Header webhook-signature: HMAC-SHA256 over webhook-id, webhook-timestamp and body, joined by dots; base64 after “v1,”.',
    bluesnap:
      'Header bls-signature: HMAC-SHA256 over bls-ipn-timestamp and, right behind it, the body; lower-case hex.',
    'bluesnap-receipt':
      'Header bls-signature: HMAC-SHA256 over bls-ipn-timestamp and, right behind it, the body; lower-case hex. The answer must be the receipt.',
    encrypted:
      'The body is a compact JWE (dir, A256GCM). Whoever can open it with the notification key knows who made it.',
    'encrypted-legacy':
      'The body is AES-128-CBC in base64. It proves nothing about who sent it: for old receivers only.',
    partner:
      'Member signature: HMAC-SHA256 over the values in their fixed order, joined by “|”, absent ones empty; lower-case hex.',
  } as OfDialect,
  asAttempt: (number: number) => `As in attempt ${number}, with the same stamp and the keys of that time.`,
  asNow: 'Nothing was sent yet: as it would be sent now.',
  signedText: 'The exact text that is signed',
  body: 'Body',
  madeAnew:
    'The body is encrypted or numbered anew for each attempt, so there is nothing to show here. A test shows one.',
  keys: 'Signed with the secret',
  keysOpened: 'Encrypted with the key',
  verify: 'How to verify it',
  hintsTitle: 'When your server computes something else',
  hints: [
    'Take the bytes of the body as they came: parsed and written again they are others.',
    'A secret that begins with whsec_ is base64 after that prefix.',
    'During a rotation two signatures are sent, with a space between them: one that fits is enough.',
    'Compare the text above with what your server puts into the HMAC, byte by byte.',
  ],
  raw: 'Signatures are not kept: whoever read one could send the message again while its stamp is fresh.',
};

export type SignatureTexts = typeof texts;
