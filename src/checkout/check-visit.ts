import { Problem } from '../kernel/problem.ts';
import type { Payment } from '../payments/payment.ts';
import type { Exchange } from '../platform/http/exchange.ts';

/**
 * Whether a payment, or a code that makes payments, may be shown and acted on where the browser came to. Real money goes
 * over TLS only: a checkout token does not tell its mode before it is looked up, so the server, which lets loopback
 * through for tests, cannot refuse it earlier. A tenant's own host opens that tenant's payments of its mode; all others
 * look like ones that do not exist.
 * @throws Problem https_required, not_found
 */
export function checkVisit(
  payment: Pick<Payment, 'tenantId' | 'mode'>,
  { secure, host }: Pick<Exchange, 'secure' | 'host'>,
): void {
  if (host !== null && (host.tenantId !== payment.tenantId || host.mode !== payment.mode)) {
    throw new Problem('not_found', 'This link opens no payment.');
  }
  if (payment.mode === 'live' && !secure) throw new Problem('https_required', 'Open this page with https.');
}
