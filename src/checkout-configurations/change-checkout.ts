import { newId } from '../kernel/id.ts';
import { Problem } from '../kernel/problem.ts';
import { checkNotificationUrl, checkReturnUrls } from '../payments/check-addresses.ts';
import type { PaymentContext } from '../payments/context.ts';
import { noteAct } from '../platform/act.ts';
import { type Database, type Queryable, violatedConstraint } from '../platform/database.ts';
import { findActiveProduct } from '../products/find-product.ts';
import type { PaymentTerms } from './api.ts';
import type { CheckoutConfiguration } from './checkout-configuration.ts';
import { insertCheckout, lockCheckout, type Owner, saveCheckout, selectCheckoutIdByReference } from './store.ts';

interface NewCheckout {
  readonly name: string;
  readonly reference: string | null;
  readonly terms: PaymentTerms;
}

/**
 * Stores a checkout in the caller's transaction.
 * @throws Problem validation_failed, target_not_allowed, reference_already_used
 */
export async function createCheckout(
  context: PaymentContext,
  tx: Queryable,
  { tenantId, mode }: Owner,
  { name, reference, terms }: NewCheckout,
): Promise<CheckoutConfiguration> {
  await checkTerms(context, tx, { tenantId, mode }, terms);
  const now = context.clock.now();
  const checkout: CheckoutConfiguration = {
    ...{ tenantId, mode, name, reference, terms, checkoutId: newId('chk', context.clock), status: 'active' },
    createdAt: now,
    updatedAt: now,
  };
  await insertCheckout(tx, checkout).catch((error: unknown) => refuseTaken(context.database, checkout, error));
  return checkout;
}

interface CheckoutChanges extends Partial<Pick<CheckoutConfiguration, 'name' | 'reference' | 'status'>> {
  /** Undefined stays as it is, null goes. */
  readonly terms: { readonly [Member in keyof PaymentTerms]?: PaymentTerms[Member] | null };
}

/**
 * Changes a stored checkout; payments that are made from then on go by it.
 * @throws Problem not_found, validation_failed, target_not_allowed, reference_already_used
 */
export async function changeCheckout(
  context: PaymentContext,
  owner: Owner,
  checkoutId: string,
  { terms, ...changes }: CheckoutChanges,
): Promise<CheckoutConfiguration> {
  // Only what is new: settings may have moved on since the rest was taken, and a checkout must remain archivable.
  const fresh = Object.entries(terms).filter(([, value]) => value !== null);
  await checkTerms(context, context.database.query, owner, Object.fromEntries(fresh) as PaymentTerms);
  return context.database.transaction(async (tx) => {
    const before = await lockCheckout(tx, owner, checkoutId);
    if (before === null) throw new Problem('not_found', 'There is no such checkout.');
    const merged = Object.entries({ ...before.terms, ...terms }).filter(([, value]) => value !== null);
    const after = {
      ...before,
      ...changes,
      terms: Object.fromEntries(merged) as PaymentTerms,
      updatedAt: context.clock.now(),
    };
    await saveCheckout(tx, after).catch((error: unknown) => refuseTaken(context.database, after, error));
    noteAct({ before: { ...before, ...before.terms }, after: { ...after, ...after.terms } });
    return after;
  });
}

/** What creating a payment would refuse is refused now, while somebody who can mend it is listening. */
async function checkTerms(context: PaymentContext, db: Queryable, owner: Owner, terms: PaymentTerms): Promise<void> {
  const errors = checkReturnUrls(await context.readTenant(owner.tenantId), owner.mode, terms);
  if (errors.length > 0) throw new Problem('validation_failed', 'Some fields break a rule.', { errors });
  checkNotificationUrl(context.targetPolicy(owner.mode), terms);
  if (terms.productId !== undefined) await findActiveProduct(db, owner, terms.productId);
}

/** Asks outside the transaction, which the broken constraint has ended. */
async function refuseTaken({ query }: Database, checkout: CheckoutConfiguration, error: unknown): Promise<never> {
  if (violatedConstraint(error) !== 'checkouts_reference_key' || checkout.reference === null) throw error;
  const first = await selectCheckoutIdByReference(query, checkout, checkout.reference);
  throw new Problem('reference_already_used', 'Another checkout has this reference.', {
    errors: [{ pointer: '/reference', detail: 'Must not be another checkout’s' }],
    ...(first === null ? {} : { members: { checkoutId: first } }),
  });
}
