import { expect, test } from 'vitest';
import { Problem } from '../../kernel/problem.ts';
import { GuessLimit } from './guess-limit.ts';

const START = Date.parse('2026-01-01T00:00:00Z');
const THREE_A_MINUTE = { count: 3, seconds: 60 };

function refusal(work: () => void): number | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof Problem && error.code === 'too_many_requests') return error.retryAfterSeconds;
    throw error;
  }
}

function guessWrong(guesses: GuessLimit, times: number, sources: readonly string[]): void {
  for (let index = 0; index < times; index++) guesses.wrong(sources, `wrong ${index}`, START);
}

test('right ones never count, and wrong ones only until the bucket has filled up again', () => {
  const guesses = new GuessLimit(THREE_A_MINUTE);
  for (let index = 0; index < 100; index++) {
    guesses.admit(['a'], 'secret', START);
    guesses.right('secret');
  }
  guessWrong(guesses, 2, ['a']);
  expect(refusal(() => guesses.admit(['a'], 'another', START))).toBeUndefined();
  guessWrong(guesses, 1, ['a']);
  expect(refusal(() => guesses.admit(['a'], 'another', START))).toBe(20);
  expect(refusal(() => guesses.admit(['a'], 'another', START + 19_001))).toBe(1);
  expect(refusal(() => guesses.admit(['a'], 'another', START + 20_000))).toBeUndefined();
});

test('each source that has guessed too often is refused, and no other', () => {
  const guesses = new GuessLimit(THREE_A_MINUTE);
  guessWrong(guesses, 3, ['from a', 'at key']);
  expect(refusal(() => guesses.admit(['from a', 'at other'], 'x', START))).toBe(20);
  expect(refusal(() => guesses.admit(['from b', 'at key'], 'x', START))).toBe(20);
  expect(refusal(() => guesses.admit(['from b', 'at other'], 'x', START))).toBeUndefined();
});

test('what was right passes although a guesser has used up its source, until it is wrong', () => {
  const guesses = new GuessLimit(THREE_A_MINUTE);
  guesses.right('secret');
  guessWrong(guesses, 9, ['a']);
  expect(refusal(() => guesses.admit(['a'], 'secret', START))).toBeUndefined();
  guesses.wrong(['b'], 'secret', START);
  expect(refusal(() => guesses.admit(['a'], 'secret', START))).toBeGreaterThan(0);
});

test('every refusal is told of', () => {
  let refused = 0;
  const guesses = new GuessLimit(THREE_A_MINUTE, () => refused++);
  guessWrong(guesses, 3, ['a']);
  for (let index = 0; index < 4; index++) refusal(() => guesses.admit(['a'], 'x', START));
  expect(refused).toBe(4);
});

test('without a limit nothing is refused', () => {
  const guesses = new GuessLimit(null);
  guessWrong(guesses, 1_000, ['a']);
  expect(refusal(() => guesses.admit(['a'], 'x', START))).toBeUndefined();
});
