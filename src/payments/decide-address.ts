import { Problem } from '../kernel/problem.ts';
import { checkPayable } from './decide-attempt.ts';
import type { Decision } from './decision.ts';
import type { Payment } from './payment.ts';

/**
 * The address can be changed as long as nothing is under way: what is paid goes where it was said to go.
 * @throws Problem validation_failed, state_conflict, attempt_in_progress
 */
export function decideAddress(payment: Payment, shippingAddressSealed: Uint8Array, now: Temporal.Instant): Decision {
  checkAsked(payment);
  checkPayable(payment, now);
  return { outcome: 'applied', payment: { ...payment, shippingAddressSealed }, happenings: [] };
}

/** Nobody's address is kept that was not asked for. @throws Problem validation_failed */
export function checkAsked({ requestShipping }: Payment): void {
  if (requestShipping) return;
  throw new Problem('validation_failed', 'Some fields break a rule', {
    errors: [
      { pointer: '/shippingAddress', detail: 'This payment asks for no address; create it with requestShipping' },
    ],
  });
}
