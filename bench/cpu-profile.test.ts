import { expect, it } from 'vitest';
import { type CpuProfile, selfTimes } from './cpu-profile.ts';

const frame = (functionName: string, url: string) => ({ functionName, url, lineNumber: 9 });

const PROFILE: CpuProfile = {
  nodes: [
    { id: 1, callFrame: frame('(idle)', '') },
    { id: 2, callFrame: frame('send', 'file:///anywhere/node_modules/@scope/name/lib/send.js') },
    { id: 3, callFrame: frame('', 'file:///anywhere/src/payments/payment.ts') },
    // The same function, called from elsewhere.
    { id: 4, callFrame: frame('send', 'file:///anywhere/node_modules/@scope/name/lib/send.js') },
  ],
  samples: [1, 2, 3, 4],
  timeDeltas: [1_000, 10, 25, 65],
};

it('self times are shares of the busy time, of all callers together, largest first', () => {
  expect(selfTimes(PROFILE)).toEqual([
    { name: 'send @scope/name/send.js:10', share: 0.75 },
    { name: '(anonymous) src/payments/payment.ts:10', share: 0.25 },
  ]);
});
