import { Problem } from '../kernel/problem.ts';
import type { Payment } from '../payments/payment.ts';

/**
 * Real money goes over TLS only. A checkout token does not tell its mode before it is looked up, so the server, which
 * lets loopback through for tests, cannot refuse it earlier.
 * @throws Problem https_required
 */
export function refusePlainLive(payment: Payment, secure: boolean): void {
  if (payment.mode === 'live' && !secure) throw new Problem('https_required', 'Open this page with https.');
}
