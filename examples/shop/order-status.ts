import type { Order, OrderPayment } from './orders.ts';

/** How an order stands, in words for the person who waits for it. */
export interface OrderStatus {
  readonly tone: 'waiting' | 'good' | 'calm';
  readonly title: string;
  readonly text: string;
  /** The button that leads to the payment page; null where there is nothing to do. */
  readonly button: string | null;
}

/** Only what stands in the shop's own record counts, and that is written by verified notifications. */
export function orderStatus(order: Order): OrderStatus {
  if (order.status === 'paid') {
    return { tone: 'good', title: 'Paid', text: 'Thank you! We are packing your parcel.', button: null };
  }
  if (order.status === 'reversed' && order.payment.status === 'reversed') {
    return {
      tone: 'calm',
      title: 'The payment was taken back',
      text: 'You have your money again, and your order is on hold. Would you like to pay for it anew?',
      button: 'Try again',
    };
  }
  return openStatus(order.payment);
}

function openStatus({ status, failureCode, paymentUrl }: OrderPayment): OrderStatus {
  switch (status) {
    case 'starting':
    case 'created':
      if (status === 'created' && failureCode !== null) {
        return again('That did not work', `${reasonText(failureCode)} Nothing was charged.`, 'Try another way to pay');
      }
      return paymentUrl === null
        ? again('The payment page did not answer', 'Nothing was charged. Your order is safe with us.', 'Try again')
        : waiting('We will tell you here as soon as it has arrived.', 'Continue to the payment');
    case 'processing':
    case 'authorized':
      return waiting('Your bank is confirming it. You can close this page; your order is safe with us.', null);
    case 'succeeded':
      return waiting('A part of the amount has arrived. We are looking into it.', null);
    case 'expired':
      return again('Time is up', 'The payment page was open too long. Nothing was charged.', 'Try again');
    case 'canceled':
      return again('You stopped the payment', 'Nothing was charged. Your order is still here.', 'Try again');
    case 'refused':
      return again('The payment could not begin', 'It is our fault, not yours. Nothing was charged.', 'Try again');
    case 'failed':
      return again('The payment did not go through', `${reasonText(failureCode)} Nothing was charged.`, 'Try again');
    case 'reversed':
      return again('The payment was taken back', 'You have your money again.', 'Try again');
  }
}

/** Says what the shopper can do about it; what the bank suspects is for the bank to say. */
function reasonText(failureCode: string | null): string {
  switch (failureCode) {
    case 'insufficient_funds':
    case 'limit_exceeded':
      return 'Your bank says that there is not enough on this account.';
    case 'expired_card':
      return 'Your card has expired.';
    case 'incorrect_cvc':
      return 'The security code was not right.';
    case 'authentication_failed':
      return 'Your bank could not make sure that it is you.';
    default:
      return 'Your bank did not accept it. Another card often works.';
  }
}

function waiting(text: string, button: string | null): OrderStatus {
  return { tone: 'waiting', title: 'Waiting for the payment', text, button };
}

function again(title: string, text: string, button: string): OrderStatus {
  return { tone: 'calm', title, text, button };
}
