import { expect, it } from 'vitest';
import type { OutboundOutcome } from '../../platform/outbound-http.ts';
import { retryAfterSeconds } from './retry-after.ts';

const NOW = Temporal.Instant.from('1994-11-06T08:49:00Z');

function answer(headers: Readonly<Record<string, readonly string[]>>): OutboundOutcome {
  return {
    ...{ kind: 'answered', status: 503, headers, body: new Uint8Array(), bodyCut: false, remoteAddress: null },
    timings: { totalMs: 1, firstByteMs: 1 },
  };
}

it.each([
  ['120', 120],
  ['0', 0],
  ['Sun, 06 Nov 1994 08:49:37 GMT', 37],
  ['Sun, 06 Nov 1994 08:48:00 GMT', 0],
  ['Mon, 07 Nov 1994 08:49:00 GMT', 86_400],
  // Forms that nobody may send, and texts that are none.
  ['Sunday, 06-Nov-94 08:49:37 GMT', null],
  ['Sun, 31 Feb 1994 08:49:37 GMT', null],
  ['Sun, 06 Nov 1994 28:49:37 GMT', null],
  ['-5', null],
  ['1.5', null],
  ['soon', null],
  ['9999999999999999', null],
])('Retry-After: %s asks for %s seconds', (value, seconds) => {
  expect(retryAfterSeconds(answer({ 'retry-after': [value] }), NOW)).toBe(seconds);
});

it('a date counts from the receiver’s own clock where it says what that shows', () => {
  const headers = { 'retry-after': ['Sun, 06 Nov 1994 09:00:00 GMT'], date: ['Sun, 06 Nov 1994 08:59:00 GMT'] };
  expect(retryAfterSeconds(answer(headers), NOW)).toBe(60);
});

it('nothing is asked for without the header, or without an answer', () => {
  expect(retryAfterSeconds(answer({}), NOW)).toBeNull();
  const timings = { totalMs: 1, firstByteMs: null };
  expect(retryAfterSeconds({ kind: 'lost', reason: 'timeout', detail: '', timings }, NOW)).toBeNull();
});
