import { ARMING_EVENTS } from '../notifications/ack-policy.ts';
import type { ResendGuard } from '../notifications/resend-guard.ts';
import { selectGivenBack } from './store.ts';

/** Keeps the success of a payment from being sent again whose money goes or went back because nobody acknowledged it. */
export const refuseGivenBack: ResendGuard = async (tx, { tenantId }, events) => {
  const about = events.flatMap(({ eventId, type, paymentId }) =>
    paymentId !== null && ARMING_EVENTS.includes(type) ? [{ eventId, paymentId }] : [],
  );
  if (about.length === 0) return new Set();
  const givenBack = await selectGivenBack(
    tx,
    tenantId,
    about.map(({ paymentId }) => paymentId),
  );
  return new Set(about.filter(({ paymentId }) => givenBack.has(paymentId)).map(({ eventId }) => eventId));
};
