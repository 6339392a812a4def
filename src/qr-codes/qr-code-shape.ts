import { z } from 'zod';
import {
  amount,
  currency,
  instant,
  line,
  mcc,
  metadata,
  reference,
  subMerchantName,
  terminalId,
} from '../kernel/shapes.ts';
import { cartItem } from '../payments/payment-shape.ts';
import { emvcoProfile } from './emvco-profile.ts';
import { QR_CODE_CONTENTS, QR_CODE_KINDS, QR_CODE_STATUSES } from './qr-code.ts';

/** A code as other programs see it; browser-safe. */

/** Printed by the million, a code still has an end to its count. */
const USES_MAX = 1_000_000;
/** Room for the number of the use in the references of 64 characters that its payments get. */
const REFERENCE_CHARACTERS_MAX = 52;
const EXPIRES_IN_MIN_S = 30;

export const kind = z.enum(QR_CODE_KINDS).meta({
  description:
    '`dynamic`: made for one payment, such as a bill. `static`: stays where it is, such as a sign on the counter.',
});
export const status = z.enum(QR_CODE_STATUSES);

export const createQrCodeBody = z
  .strictObject({
    kind: kind.default('dynamic'),
    content: z.enum(QR_CODE_CONTENTS).default('url').meta({
      description: '`url`: our address, for any phone. `emvco`: the payload of a scheme, for its apps; needs `emvco`.',
    }),
    emvco: emvcoProfile.optional(),
    reference: reference
      .max(REFERENCE_CHARACTERS_MAX, `Must be at most ${REFERENCE_CHARACTERS_MAX} characters`)
      .optional()
      .meta({
        description:
          'Your own id of this code; unique for ever among your codes of the mode. Its payments have it as `orderId`.',
      }),
    amount: amount.optional().meta({ description: 'May be left out where the shopper enters it.' }),
    currency: currency.optional().meta({ description: "The tenant's currency unless given." }),
    amountEditable: z
      .boolean()
      .default(false)
      .meta({ description: 'Whether the shopper enters the amount; of static codes only.' }),
    amountMin: amount.optional().meta({ description: 'The least that the shopper may enter.' }),
    amountMax: amount.optional().meta({ description: 'The most that the shopper may enter.' }),
    uses: z
      .enum(['single', 'many'])
      .optional()
      .meta({ description: 'How many payments it is good for: `many` for static codes unless given, else `single`.' }),
    usesMax: z
      .int()
      .min(1, `Must be 1 to ${USES_MAX}`)
      .max(USES_MAX, `Must be 1 to ${USES_MAX}`)
      .optional()
      .meta({ description: 'After so many payments that were begun, the code is used. No end unless given.' }),
    expiresIn: z
      .int()
      .min(EXPIRES_IN_MIN_S)
      .max(10 * 365 * 86_400)
      .optional()
      .meta({ description: 'Seconds from now. Unless given, 1800 for codes of a single use and no end for others.' }),
    expiresAt: instant.optional(),
    description: line(200).optional(),
    statementDescriptor: line(22).optional(),
    productId: line(64).optional(),
    captureMethod: z.enum(['automatic', 'manual']).default('automatic'),
    returnUrl: z.string().max(2_048).optional(),
    notificationUrl: z.string().max(2_048).optional(),
    cartItems: z.array(cartItem).max(100, 'Must have at most 100 items').optional(),
    terminalId: terminalId.optional(),
    subMerchantName: subMerchantName.optional(),
    mcc: mcc.optional(),
    metadata: metadata.default({}),
  })
  .meta({ id: 'CreateQrCode' });
export type CreateQrCodeBody = z.output<typeof createQrCodeBody>;

export const qrCode = z
  .strictObject({
    id: z.string(),
    object: z.literal('qr_code'),
    mode: z.enum(['live', 'test']),
    tenantId: z.string(),
    kind,
    content: z.enum(QR_CODE_CONTENTS),
    reference: z.string().nullable(),
    orderId: z.string().meta({ description: 'What its payments carry: `GET /payments?orderId=` lists them.' }),
    status,
    amount: z.int().nullable(),
    currency: z.string(),
    amountEditable: z.boolean(),
    amountMin: z.int().nullable(),
    amountMax: z.int().nullable(),
    uses: z.enum(['single', 'many']),
    usesMax: z.int().nullable(),
    usesMade: z.int().meta({ description: 'Payments that were begun, whatever became of them.' }),
    latestPaymentId: z.string().nullable(),
    expiresAt: instant.nullable().meta({ description: 'null: never.' }),
    canceledAt: instant.nullable(),
    description: z.string().nullable(),
    statementDescriptor: z.string().nullable(),
    productId: z.string().nullable(),
    captureMethod: z.enum(['automatic', 'manual']),
    returnUrl: z.string().nullable(),
    notificationUrl: z.string().nullable(),
    cartItems: z.array(cartItem).nullable(),
    terminalId: z.string().nullable(),
    subMerchantName: z.string().nullable(),
    mcc: z.string().nullable(),
    metadata: z.record(z.string(), z.string()),
    emvco: emvcoProfile.nullable(),
    url: z.string().meta({ description: 'Opens the payment, whatever the code itself holds.' }),
    payload: z.string().meta({ description: 'The text in the code: the url, or the EMVCo payload.' }),
    imageUrl: z.string().meta({ description: 'The code as SVG, for an `img` element or a printer.' }),
    imagePngUrl: z.string().meta({ description: 'The same as PNG.' }),
    version: z.int().meta({ description: 'Grows with every change that you make.' }),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'QrCode' });
export type QrCodeAnswer = z.output<typeof qrCode>;
