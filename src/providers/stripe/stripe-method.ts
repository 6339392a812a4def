import { z } from 'zod';

/**
 * The `method` of a confirm request; without one the shopper goes to Stripe's page.
 * `redirect`: Stripe's hosted page. `client`: the fields of Stripe.js in the tenant's own page, or, with a
 * `paymentMethod` that they made before, a charge without further ado.
 */
export const stripeMethod = z
  .discriminatedUnion('flow', [
    z.strictObject({ type: z.literal('stripe'), flow: z.literal('redirect') }),
    z.strictObject({
      type: z.literal('stripe'),
      flow: z.literal('client'),
      paymentMethod: z
        .string()
        .regex(/^pm_[A-Za-z0-9_]{1,240}$/, 'Must be the id of a PaymentMethod, which begins with pm_')
        .exactOptional(),
    }),
  ])
  .optional();
