import type { AttemptRef, CreateAnswer } from '../provider.ts';
import { unknown } from '../read-answer.ts';
import { findIntent, readAttempt } from './retrieve-stripe-attempt.ts';
import { askStripe, type StripeAddress, type StripeReply, stripePath } from './stripe-client.ts';
import type { StripeCall } from './stripe-credentials.ts';
import { attemptIdOf, intentReport } from './stripe-reports.ts';
import { wireIntent, wireSession } from './stripe-wire.ts';

/**
 * Ends an attempt that nobody has paid. A session is expired, since Stripe cancels its PaymentIntent by that alone
 * (https://docs.stripe.com/api/payment_intents/cancel). Phases for a PaymentIntent: look, then cancel, because canceling
 * would also give back an authorization. Without a key: it asks for a state, and Stripe would repeat a failure for a day.
 */
export async function cancelStripeAttempt(
  address: StripeAddress,
  call: StripeCall,
  attempt: AttemptRef,
): Promise<CreateAnswer> {
  const { providerRef } = attempt;
  if (providerRef?.startsWith('cs_')) {
    const path = stripePath('checkout/sessions', providerRef, '/expire');
    const reply = await askStripe(address, call, { method: 'POST', path });
    if (reply.kind !== 'ok') return whereRefused(address, call, attempt, reply);
    const parsed = wireSession.safeParse(reply.body);
    if (!parsed.success || parsed.data.id !== providerRef || parsed.data.status !== 'expired') {
      return unknown('the answer does not say that the session has ended');
    }
    return { kind: 'answered', providerRef, report: { state: 'canceled' } };
  }
  const found = await readAttempt(address, call, attempt);
  if (found.kind !== 'found') return found;
  const { state } = found.report;
  if (state !== 'requires_action' && state !== 'pending') {
    return { kind: 'answered', providerRef: found.providerRef, report: found.report };
  }
  return cancelIntent(address, call, attempt, found.providerRef);
}

/** Gives back what is authorized and not captured; where nothing is left, the answer is what became of it. */
export async function releaseAtStripe(
  address: StripeAddress,
  call: StripeCall,
  attempt: AttemptRef,
): Promise<CreateAnswer> {
  const found = await findIntent(address, call, attempt);
  if (found.kind !== 'found') return found;
  return cancelIntent(address, call, attempt, found.intentId);
}

async function cancelIntent(
  address: StripeAddress,
  call: StripeCall,
  attempt: AttemptRef,
  intentId: string,
): Promise<CreateAnswer> {
  const reply = await askStripe(address, call, {
    method: 'POST',
    path: stripePath('payment_intents', intentId, '/cancel'),
    form: { 'expand[]': 'latest_charge' },
  });
  if (reply.kind !== 'ok') return whereRefused(address, call, attempt, reply);
  const parsed = wireIntent.safeParse(reply.body);
  if (!parsed.success || parsed.data.id !== intentId || attemptIdOf(parsed.data) !== attempt.attemptId) {
    return unknown('the answer is about another PaymentIntent');
  }
  const report = intentReport(parsed.data, call.credentials);
  if (report?.state !== 'canceled' && report?.state !== 'expired') {
    return unknown('the answer does not say that the PaymentIntent has ended');
  }
  return { kind: 'answered', providerRef: attempt.providerRef ?? intentId, report };
}

/** A refusal may only mean that it has ended already: then that is the answer. */
async function whereRefused(
  address: StripeAddress,
  call: StripeCall,
  attempt: AttemptRef,
  reply: Exclude<StripeReply, { kind: 'ok' }>,
): Promise<CreateAnswer> {
  if (reply.kind === 'declined') return unknown('the answer is a decline');
  if (reply.kind !== 'refused') return reply;
  const found = await readAttempt(address, call, attempt);
  if (found.kind !== 'found') return reply;
  const { state } = found.report;
  if (state === 'requires_action' || state === 'pending' || state === 'authorized') return reply;
  return { kind: 'answered', providerRef: found.providerRef, report: found.report };
}
