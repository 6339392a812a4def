import { type Tollgate, TollgateError } from '../../sdk/src/tollgate.ts';
import type { Order, Orders } from './orders.ts';
import { PRODUCTS } from './products.ts';

export interface PaymentSettings {
  readonly tollgate: Tollgate;
  readonly orders: Orders;
  /** Where shoppers reach the shop. */
  readonly publicUrl: string;
  /** Where the gateway sends notifications; null where the tenant has an endpoint for them. */
  readonly notificationUrl: string | null;
  readonly log: (line: string) => void;
}

/**
 * The address of the payment page, or null where there is none; the order's page then tells why.
 * Phases: the order and its reference are in the record already; ask the gateway; keep its answer. The reference is
 * also the idempotency key, so that whatever gets lost in between, asking again makes no second payment.
 */
export async function startPayment(order: Order, settings: PaymentSettings): Promise<string | null> {
  if (order.payment.paymentUrl !== null) return order.payment.paymentUrl;
  const { tollgate, orders, publicUrl, notificationUrl, log } = settings;
  const { reference } = order.payment;
  const name = PRODUCTS.find(({ id }) => id === order.productId)?.name ?? order.productId;
  const orderUrl = `${publicUrl}/orders/${order.key}`;
  try {
    const payment = await tollgate.payments.create(
      {
        reference,
        orderId: order.orderId,
        amount: order.amount,
        currency: order.currency,
        description: name,
        cartItems: [{ description: name, quantity: 1, value: order.amount }],
        returnUrl: orderUrl,
        cancelUrl: orderUrl,
        ...(notificationUrl === null ? {} : { notificationUrl }),
      },
      { idempotencyKey: reference },
    );
    orders.paymentStarted(reference, payment.id, payment.paymentUrl);
    return payment.paymentUrl;
  } catch (error) {
    if (!(error instanceof TollgateError)) throw error;
    log(`${reference}: ${error.message}`);
    if (error.outcome === 'refused') orders.paymentRefused(reference);
    return null;
  }
}
