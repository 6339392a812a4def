import { describe, expect, it, test } from 'vitest';
import { afterLook, DOMAIN_TRANSITIONS, type Domain, nextLookAt, type TxtAnswer } from './domain.ts';

const NOW = Temporal.Instant.from('2026-11-21T12:00:00Z');
const CHALLENGE = 'tollgate-0123';
const claim: Domain = {
  ...{ tenantId: 'ten_1', domainId: 'dom_1', mode: 'live', domain: 'pay.shop.example', challenge: CHALLENGE },
  ...{
    status: 'pending',
    problem: null,
    absences: 0,
    verifiedAt: null,
    checkedAt: null,
    createdAt: NOW,
    updatedAt: NOW,
  },
};
const proof: TxtAnswer = { kind: 'found', texts: ['v=spf1 -all', CHALLENGE] };
const other: TxtAnswer = { kind: 'found', texts: ['tollgate-4567'] };
const absent: TxtAnswer = { kind: 'absent' };
const failed: TxtAnswer = { kind: 'failed' };

const look = (answers: readonly TxtAnswer[], from = claim): Domain =>
  answers.reduce((domain, answer, index) => afterLook(domain, answer, NOW.add({ hours: index })), from);

describe('a claim', () => {
  it('is proven by its own text among others, and by no other', () => {
    expect(look([proof])).toMatchObject({ status: 'verified', problem: null, verifiedAt: NOW });
    expect(look([other])).toMatchObject({ status: 'pending', problem: 'wrong_record' });
    expect(look([absent])).toMatchObject({ status: 'pending', problem: 'no_record' });
    expect(look([{ kind: 'found', texts: [`${CHALLENGE}x`, CHALLENGE.toUpperCase()] }]).status).toBe('pending');
  });

  it('lapses when its proof is gone three times in a row, and can be proven again', () => {
    expect(look([proof, absent, other]).status).toBe('verified');
    const lapsed = look([proof, absent, other, absent]);
    expect(lapsed.status).toBe('lapsed');
    expect(look([proof], lapsed).status).toBe('verified');
    expect(look([proof, absent, absent, proof, absent, absent]).status).toBe('verified');
  });

  it('outlives an outage of DNS', () => {
    const after = look([proof, ...Array.from({ length: 50 }, () => failed)]);
    expect(after).toMatchObject({ status: 'verified', problem: 'dns_failed', absences: 0, verifiedAt: NOW });
  });
});

test('S4.7 every state is reached, and only by transitions of the table', () => {
  const reached = new Set<string>(['pending', 'removed']);
  const states: Domain[] = [claim];
  for (let steps = 0; steps < 6; steps++) {
    for (const before of [...states]) {
      for (const answer of [proof, other, absent, failed]) {
        const after = afterLook(before, answer, NOW);
        if (after.status !== before.status) expect(DOMAIN_TRANSITIONS[before.status]).toContain(after.status);
        if (!states.some((known) => JSON.stringify(known) === JSON.stringify(after))) states.push(after);
        reached.add(after.status);
      }
    }
  }
  expect([...reached].sort()).toEqual(Object.keys(DOMAIN_TRANSITIONS).sort());
});

test('a claim is looked at often in its first hour, and no more after a week; a proven one for ever', () => {
  const at = (age: object, fields: Partial<Domain> = {}) => {
    const updatedAt = NOW.add(age);
    return (
      nextLookAt({ ...claim, updatedAt, ...fields })
        ?.since(updatedAt)
        .total('minutes') ?? null
    );
  };
  expect(at({ minutes: 10 })).toBe(1);
  expect(at({ hours: 5 })).toBe(60);
  expect(at({ hours: 24 * 8 })).toBe(null);
  expect(at({ hours: 24 * 800 }, { status: 'verified' })).toBe(24 * 60);
  expect(at({ hours: 24 * 800 }, { status: 'verified', problem: 'no_record' })).toBe(60);
  expect(at({ hours: 24 * 8 }, { status: 'lapsed' })).toBe(24 * 60);
  expect(at({ hours: 24 * 40 }, { status: 'lapsed' })).toBe(null);
  expect(at({ hours: 1 }, { status: 'removed' })).toBe(null);
});
