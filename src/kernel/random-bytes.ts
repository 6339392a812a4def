import { randomFillSync } from 'node:crypto';

const POOL_BYTES = 8_192;
let pool = Buffer.alloc(0);
let used = 0;

/**
 * Random bytes that are given to nobody else. Asking the system costs microseconds, however little it is asked for, so it
 * is asked for many at a time. At most 64 bytes; keys that live for years come from `randomBytes` itself.
 */
export function takeRandomBytes(count: number): Buffer {
  if (used + count > pool.length) {
    // A new one each time: what was handed out stays what it is.
    pool = randomFillSync(Buffer.allocUnsafeSlow(POOL_BYTES));
    used = 0;
  }
  used += count;
  return pool.subarray(used - count, used);
}
