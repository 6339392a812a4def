import { listReceived } from '../inbound/list-received.ts';
import type { PaymentContext } from '../payments/context.ts';
import { notificationUrlOf, type ProviderAccount } from '../provider-accounts/account.ts';
import type { NotificationInbox } from '../providers/provider-certification.ts';

/**
 * Looks at what a running gateway keeps of an account's notifications from an instant on. The gateway answers them, so
 * that none can be turned away. Orders of a certification are no attempts of it: it keeps their notifications unmatched.
 */
export function watchNotifications(
  context: Pick<PaymentContext, 'database' | 'sealer' | 'hooksUrl'>,
  account: ProviderAccount,
  since: Temporal.Instant,
): NotificationInbox {
  return {
    url: notificationUrlOf(context.hooksUrl, account),
    received: () => listReceived(context, account, since),
  };
}
