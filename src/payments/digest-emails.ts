import { pause } from '../platform/deadline.ts';
import type { Logger } from '../platform/log.ts';
import { forInstallation, forTenants } from '../platform/tenant-scope.ts';
import type { PaymentContext } from './context.ts';
import { NO_EMAIL } from './email-digest.ts';
import type { Payment } from './payment.ts';
import { openCustomer } from './payment-json.ts';
import { lockUndigested, updateEmailDigests } from './store-email-digests.ts';

type DigestContext = Pick<PaymentContext, 'database' | 'sealer' | 'emailDigests'>;

/** What one transaction holds locked: short, since a payment that moves meanwhile waits for it. */
const BATCH_MAX = 100;
/** A payment from before the digests is found by its address a little later than by everything else. */
const FIRST_LOOK_MS = 5_000;
const LOOK_MS = 60_000;

/** Gives payments that were made before there were digests theirs, until the signal aborts. */
export async function digestOldEmails(
  context: DigestContext & { readonly log: Logger },
  signal: AbortSignal,
): Promise<void> {
  for (await pause(FIRST_LOOK_MS, signal); !signal.aborted; await pause(LOOK_MS, signal)) {
    try {
      while (!signal.aborted && (await digestNextEmails(context)) === BATCH_MAX);
    } catch (error) {
      context.log.warn({ error }, 'The e-mail addresses of old payments could not be digested');
    }
  }
}

/** One batch; returns how many payments it looked at. */
export function digestNextEmails({ database, sealer, emailDigests }: DigestContext): Promise<number> {
  return database.transaction(async (tx) => {
    const payments = await forInstallation('sweep', () => lockUndigested(tx, BATCH_MAX));
    if (payments.length === 0) return 0;
    const digests = await Promise.all(payments.map((payment) => digestOf({ sealer, emailDigests }, payment)));
    await forTenants(
      payments.map(({ tenantId }) => tenantId),
      () => updateEmailDigests(tx, digests),
    );
    return payments.length;
  });
}

async function digestOf({ sealer, emailDigests }: Omit<DigestContext, 'database'>, payment: Payment) {
  const { tenantId, paymentId } = payment;
  const customer = await openCustomer(sealer, payment).catch((error: unknown) => {
    if (isUnopenable(error)) return null;
    throw error;
  });
  const email = customer?.email;
  return { tenantId, paymentId, digest: email === undefined ? NO_EMAIL : await emailDigests.digest(tenantId, email) };
}

/**
 * Whether nobody will ever open it: its key was destroyed, or its bytes are not those that were sealed. It counts as
 * without an address; a database that is away does not.
 */
function isUnopenable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === 'DataKeyMissing' || /unable to authenticate data|Not a sealed value/.test(error.message);
}
