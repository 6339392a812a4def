import type { Attempt } from '../payments/attempt.ts';
import { readAttempt, readAttemptByRef } from '../payments/read-payment.ts';
import type { Queryable } from '../platform/database.ts';
import type { EventSubject } from '../providers/provider-webhook.ts';

/** By our name where the notification carries it; the provider's name counts within its account alone. */
export function findAttempt(
  db: Queryable,
  { tenantId, providerAccountId }: { readonly tenantId: string; readonly providerAccountId: string },
  named: EventSubject,
): Promise<Attempt | null> {
  return named.attemptId === undefined
    ? readAttemptByRef(db, { tenantId, providerAccountId, providerRef: named.providerRef })
    : readAttempt(db, tenantId, named.attemptId);
}
