import { z } from 'zod';
import {
  amount,
  currency,
  instant,
  line,
  mcc,
  metadata,
  reference,
  rrn2,
  subMerchantName,
  terminalId,
} from '../kernel/shapes.ts';
import { cartItem, customer } from './payment-shape.ts';

const url = z.string().max(2_048);

/** What many payments of a tenant have in common; stored checkouts hold it as well. */
export const paymentTerms = {
  amount,
  currency: currency.meta({ description: "The tenant's currency unless given." }),
  captureMethod: z.enum(['automatic', 'manual']),
  description: line(200),
  statementDescriptor: line(22),
  productId: line(64).meta({ description: 'One of your products that is not archived.' }),
  returnUrl: url,
  cancelUrl: url,
  ipnUrl: url.meta({ description: 'Another name of `notificationUrl`.' }),
  cartItems: z.array(cartItem).max(100, 'Must have at most 100 items'),
  requestShipping: z.boolean(),
  terminalId,
  subMerchantName,
  mcc,
  attemptsMax: z.int().min(1).max(10),
  expiresIn: z
    .int()
    .min(30)
    .max(31 * 86_400)
    .meta({ description: 'Seconds from now; 900 unless given.' }),
  providerAccountId: z.string().max(64),
  metadata,
} as const;

/** What every payment has for itself. */
export const paymentOwn = {
  reference,
  orderId: line(64).optional().meta({ description: 'Retries of an order reuse this, never the reference.' }),
  customer: customer.optional(),
  rrn2: rrn2.optional(),
  expiresAt: instant.optional(),
} as const;
