import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ID_PREFIXES } from '../kernel/id.ts';
import { readQuestion, TYPE_OF_PREFIX } from './hit.ts';

const BODY = '01kaj2m3n4p5q6r7s8t9v0w1x2';

describe('what somebody typed', () => {
  test.for(Object.keys(TYPE_OF_PREFIX))('is an id with the prefix %s, and nothing else', (prefix) => {
    expect(ID_PREFIXES).toContain(prefix);
    expect(readQuestion(` ${prefix}_${BODY} `)).toEqual({ kind: 'id', prefix, id: `${prefix}_${BODY}` });
  });

  test.for(['pay_', `pay_${BODY}0`, `sig_${BODY}`, `constructor_${BODY}`, 'pay'])(
    'is a text where it is no whole id: %s',
    (typed) => {
      expect(readQuestion(typed)).toMatchObject({ kind: 'text', text: typed });
    },
  );

  test('is an e-mail address where it has the shape of one', () => {
    expect(readQuestion('ana@shop.example')).toEqual({ kind: 'email', email: 'ana@shop.example' });
    expect(readQuestion('see ana@shop.example')).toMatchObject({ kind: 'text', range: null });
  });

  test('is no reference where no reference can look like it', () => {
    expect(readQuestion('order 17')).toMatchObject({ range: null });
    expect(readQuestion('x'.repeat(65))).toMatchObject({ range: null });
    expect(readQuestion('größe')).toMatchObject({ range: null });
  });

  test('holds exactly the references that begin with it between its two bounds', () => {
    const reference = fc.stringMatching(/^[A-Za-z0-9._:/-]{1,8}$/);
    const bytes = (text: string) => Buffer.from(text);
    fc.assert(
      fc.property(reference, fc.oneof(reference, fc.tuple(reference, reference)), (typed, other) => {
        const candidate = typeof other === 'string' ? other : typed + other[0];
        const question = readQuestion(typed);
        if (question.kind !== 'text' || question.range === null) throw new Error('It is a reference');
        const { from, before } = question.range;
        const between = bytes(candidate).compare(bytes(from)) >= 0 && bytes(candidate).compare(bytes(before)) < 0;
        expect(between).toBe(candidate.startsWith(typed));
      }),
    );
  });
});
