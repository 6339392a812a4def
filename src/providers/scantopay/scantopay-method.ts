import { z } from 'zod';

const type = z.literal('scantopay');

/**
 * How the payer reaches the wallet: a code to scan (also without a method), the provider's hosted page, or one bank's
 * wallet on the same device. The scheme's middle part names the bank, such as `absa`.
 * Source: https://developer.scantopay.io/docs/app-to-app-android
 */
export const scantopayMethod = z
  .discriminatedUnion('flow', [
    z.strictObject({ type, flow: z.literal('qr') }),
    z.strictObject({ type, flow: z.literal('hosted') }),
    z.strictObject({ type, flow: z.literal('app'), wallet: z.string().regex(/^[a-z0-9]{2,20}$/) }),
  ])
  .optional();

export type ScantopayMethod = NonNullable<z.output<typeof scantopayMethod>>;
