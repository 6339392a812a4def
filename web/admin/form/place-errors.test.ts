import { expect, test } from 'vitest';
import { ApiProblem } from '../api/problem.ts';
import { placeErrors } from './place-errors.ts';

function refusal(...pointers: readonly string[]): ApiProblem {
  const errors = pointers.map((pointer) => ({ pointer, detail: `Breaks a rule at ${pointer}` }));
  return new ApiProblem(422, { code: 'validation_failed', detail: 'Some fields break a rule.', errors }, null);
}

test('a broken rule stands at its field, the deepest that holds it', () => {
  const names = ['branding', 'branding.texts', 'returnOrigins'] as const;
  expect(
    placeErrors(refusal('/branding/texts/payNote/de', '/returnOrigins/1', '/branding/displayName'), names),
  ).toEqual([
    { name: 'branding.texts', message: 'Breaks a rule at /branding/texts/payNote/de' },
    { name: 'returnOrigins', message: 'Breaks a rule at /returnOrigins/1' },
    { name: 'branding', message: 'Breaks a rule at /branding/displayName' },
  ]);
});

test('several rules of one field stand together', () => {
  const [placed] = placeErrors(refusal('/currencies/0', '/currencies/2'), ['currencies']);
  expect(placed?.message).toBe('Breaks a rule at /currencies/0 Breaks a rule at /currencies/2');
});

test('what belongs to no field, or is no refusal, is placed nowhere', () => {
  expect(placeErrors(refusal('/name', ''), ['names', 'other'])).toEqual([]);
  expect(placeErrors(new Error('Lost'), ['name'])).toEqual([]);
});
