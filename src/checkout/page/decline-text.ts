import type { DeclineReason } from '../../providers/provider.ts';
import type { Messages } from './messages/messages.ts';

/**
 * Why the bank said no, in words for the shopper. Suspicion of theft or fraud is worded like any other refusal, so that
 * whoever holds a stolen card learns nothing.
 */
export function declineText(reason: DeclineReason, messages: Messages): string {
  const texts: Readonly<Record<DeclineReason, string>> = {
    insufficient_funds: messages.declined.insufficientFunds,
    expired_card: messages.declined.expiredCard,
    incorrect_cvc: messages.declined.incorrectCvc,
    authentication_failed: messages.declined.authenticationFailed,
    limit_exceeded: messages.declined.limitExceeded,
    lost_or_stolen: messages.declined.general,
    fraud: messages.declined.general,
    do_not_honor: messages.declined.general,
    other: messages.declined.general,
  };
  return texts[reason];
}
