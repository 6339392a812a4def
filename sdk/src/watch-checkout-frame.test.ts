import { afterEach, describe, expect, it } from 'vitest';
import { type CheckoutFrameStatus, watchCheckoutFrame } from './watch-checkout-frame.ts';

const ORIGIN = 'https://pay.example';
const STATUS = {
  type: 'tollgate.status',
  paymentId: 'pay_1',
  reference: 'order-1042',
  status: 'succeeded',
  state: 'succeeded',
};

type Hear = (event: { origin: string; source: unknown; data: unknown }) => void;

/** The page's window, of which Node has none. */
const listeners = new Set<Hear>();
Object.assign(globalThis, {
  addEventListener: (_type: string, listener: Hear) => listeners.add(listener),
  removeEventListener: (_type: string, listener: Hear) => listeners.delete(listener),
});
afterEach(() => listeners.clear());

function watch() {
  const frame = { contentWindow: {}, style: { height: '600px' } };
  const told: CheckoutFrameStatus[] = [];
  const stop = watchCheckoutFrame(frame, {
    paymentUrl: `${ORIGIN}/c/token`,
    onStatus: (status) => void told.push(status),
  });
  const say = (
    data: unknown,
    { origin = ORIGIN, source = frame.contentWindow }: { origin?: string; source?: object } = {},
  ) => {
    for (const hear of listeners) hear({ origin, source, data });
  };
  return { frame, told, say, stop };
}

describe('the watch on a checkout frame', () => {
  it('keeps the frame as high as the page, and tells of its states', () => {
    const { frame, told, say } = watch();
    say({ type: 'tollgate.resize', paymentId: 'pay_1', height: 812 });
    say(STATUS);
    expect(frame.style.height).toBe('812px');
    expect(told).toEqual([{ paymentId: 'pay_1', reference: 'order-1042', status: 'succeeded', state: 'succeeded' }]);
  });

  it.each([
    'https://evil.example',
    'http://pay.example',
    'https://pay.example:8443',
    'https://pay.example.evil.example',
    'null',
    '',
  ])('passes over what comes from the origin %j', (origin) => {
    const { frame, told, say } = watch();
    say({ type: 'tollgate.resize', height: 1 }, { origin });
    say(STATUS, { origin });
    expect([frame.style.height, told]).toEqual(['600px', []]);
  });

  it('passes over another window of the same origin', () => {
    const { told, say } = watch();
    say(STATUS, { source: {} });
    expect(told).toEqual([]);
  });

  it.each([-1, 0, 10_001, Number.NaN, Number.POSITIVE_INFINITY, '812', '1px;position:fixed', null, undefined])(
    'takes no height of %j',
    (height) => {
      const { frame, say } = watch();
      say({ type: 'tollgate.resize', height });
      expect(frame.style.height).toBe('600px');
    },
  );

  it.each([
    null,
    'tollgate.status',
    {},
    { ...STATUS, status: 'paid' },
    { ...STATUS, paymentId: 7 },
    { ...STATUS, reference: undefined },
    { ...STATUS, type: 'tollgate.other' },
  ])('takes no status from %j', (data) => {
    const { told, say } = watch();
    say(data);
    expect(told).toEqual([]);
  });

  it('ends', () => {
    const { told, say, stop } = watch();
    stop();
    say(STATUS);
    expect(told).toEqual([]);
  });

  it('wants the whole address of the page', () => {
    expect(() => watchCheckoutFrame({ contentWindow: {}, style: { height: '' } }, { paymentUrl: '/c/token' })).toThrow(
      TypeError,
    );
  });
});
