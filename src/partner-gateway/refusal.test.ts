import { describe, expect, it } from 'vitest';
import { Problem } from '../kernel/problem.ts';
import { bluecomProfile } from '../providers/partner-profiles/bluecom-profile.ts';
import { REFUSALS, Refusal, refusalBody, refusalOf } from './refusal.ts';

describe('a refusal', () => {
  it.each(Object.keys(REFUSALS))('%s is a word that our own adapter of this wire understands', (code) => {
    expect(Object.keys(bluecomProfile.codes)).toContain(code);
  });

  it('is what our verbs refuse, under the names of this wire, and without what cannot be signed', () => {
    const errors = [
      { pointer: '/reference', detail: 'Must be short' },
      { pointer: '/notificationUrl', detail: 'Must be https' },
      { pointer: '/amount', detail: 'Must be more' },
    ];
    const refusal = refusalOf(new Problem('target_not_allowed', 'One | two\nthree', { errors }));
    expect([refusal.code, refusal.status, refusal.message]).toEqual(['validation_failed', 422, 'One   two three']);
    expect(refusal.errors.map(({ pointer }) => pointer)).toEqual(['/orderId', '/ipnUrl', '/amount']);
  });

  it.each([new Problem('unavailable'), new Problem('idempotency_in_progress'), new Error('lost'), 'lost'])(
    'is nothing that leaves open what was done: %s',
    (error) => {
      expect(() => refusalOf(error)).toThrow();
    },
  );

  it('is certain where a limit leaves no room: nothing was made of the order', () => {
    expect(refusalOf(new Problem('limit_exceeded', 'Would pass the limit')).code).toBe('amount_not_available');
  });

  it('has the members of RFC 9457 beside its own', () => {
    expect(refusalBody(new Refusal('order_not_found', 'There is no such order'), 'c-1')).toEqual({
      ...{ type: 'urn:tollgate:partner:order_not_found', title: 'There is no such order', status: 404 },
      ...{ code: 'order_not_found', detail: 'There is no such order', errors: [], correlationId: 'c-1' },
      message: 'There is no such order',
    });
  });
});
