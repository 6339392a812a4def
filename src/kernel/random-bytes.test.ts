import { expect, test } from 'vitest';
import { takeRandomBytes } from './random-bytes.ts';

test('no bytes are given twice, and those given stay as they were', () => {
  const taken = Array.from({ length: 3_000 }, () => takeRandomBytes(12));
  const texts = taken.map((bytes) => bytes.toString('hex'));
  expect(new Set(texts).size).toBe(3_000);
  for (let i = 0; i < 3_000; i++) takeRandomBytes(32);
  expect(taken.map((bytes) => bytes.toString('hex'))).toEqual(texts);
});

test('as many bytes come as were asked for, across the end of a pool too', () => {
  for (let i = 0; i < 2_000; i++) expect(takeRandomBytes(1 + (i % 64)).length).toBe(1 + (i % 64));
});
