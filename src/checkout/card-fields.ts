import { hasLapsed } from '../payments/attempt.ts';
import type { PaymentContext } from '../payments/context.ts';
import type { PaymentWithAttempt } from '../payments/read-payment.ts';
import { openProviderAccount } from '../provider-accounts/open-provider-account.ts';
import type { CardFieldSources } from '../providers/provider-card-fields.ts';
import { type CheckoutAsset, providerModule } from './page/assets.ts';

/** A provider's card fields as one page has them. */
export interface CardFieldsOfPage extends CardFieldSources {
  /** The provider's module, where we serve it. */
  readonly modulePath: string;
}

/** Every provider's module for its card fields, to be served beside the page's own files. */
export function cardFieldModules({ registry }: Pick<PaymentContext, 'registry'>): readonly CheckoutAsset[] {
  return [...registry.values()].flatMap(({ provider: { id, cardFields } }) =>
    cardFields === undefined ? [] : [providerModule(id, cardFields.module)],
  );
}

/**
 * What the page of a payment needs to show the card fields its attempt waits for. `lapsed`: they are good for a while, and
 * that is over. Null where it waits for none, or the provider has none for this page.
 */
export async function readCardFields(
  context: PaymentContext,
  { payment, latestAttempt }: PaymentWithAttempt,
): Promise<CardFieldsOfPage | 'lapsed' | null> {
  if (latestAttempt === null || payment.openAttemptId !== latestAttempt.attemptId) return null;
  if (latestAttempt.state !== 'requires_action' || latestAttempt.nextAction?.type !== 'client') return null;
  if (hasLapsed(latestAttempt, context.clock)) return 'lapsed';
  const { tenantId, providerAccountId } = latestAttempt;
  const { provider, call } = await openProviderAccount(context, tenantId, providerAccountId);
  const { id, cardFields } = provider;
  if (cardFields === undefined || provider.complete === undefined) return null;
  return { ...cardFields.sources(call), modulePath: providerModule(id, cardFields.module).path };
}
