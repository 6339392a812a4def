import { describe, expect, it } from 'vitest';
import { bans } from './bans.ts';

describe('bans', () => {
  it.each([
    ['const at = Date.now();', 'Date.now()'],
    ["const at = Date['now']();", 'Date.now()'],
    ['const read = Date.now;', 'Date.now()'],
    ['const at = new Date();', 'new Date()'],
    ['const at = Temporal.Now.instant();', 'Temporal.Now'],
    ['const jitter = Math.random();', 'Math.random()'],
    ['setTimeout(() => {}, 10);', 'a timer'],
    ['globalThis.setInterval(() => {}, 10);', 'a timer'],
    ["import { setTimeout } from 'node:timers/promises';", 'a timer'],
    ["console.log('paid');", 'console'],
    ['const url = process.env.DATABASE_URL;', 'process.env'],
    ["const url = process['env'].DATABASE_URL;", 'process.env'],
    ['const { env } = process;', 'process.env'],
    ["import { env } from 'node:process';", 'process.env'],
    ["await fetch('https://example.com');", 'fetch()'],
    ['BigInt.prototype.toJSON = String;', 'BigInt.prototype'],
    ['const q = sql`update payments set updated_at = now()`;', 'the clock of SQL'],
    ["const q = 'select current_timestamp';", 'the clock of SQL'],
  ])('%s', (text, what) => {
    const findings = bans([{ path: 'src/payments/create-payment.ts', text: `\n${text}\n` }]);
    expect(findings).toMatchObject([{ line: 2, message: expect.stringContaining(what) }]);
  });

  it.each([
    ['const at = clock.now();'],
    ['const at = new Date(milliseconds);'],
    ['// Date.now() would not move with a test clock\nconst at = clock.now();'],
    ["const text = 'console.log is not called here';"],
    ['const took = performance.now() - started;'],
    ['const q = sql`select $' + '{now()} as read_by_us`;'],
  ])('let pass: %s', (text) => {
    expect(bans([{ path: 'src/payments/create-payment.ts', text }])).toEqual([]);
  });

  it.each([
    ['src/kernel/clock.ts', 'Date.now();'],
    ['src/config.ts', 'process.env.PORT;'],
    ['src/platform/lease.ts', 'sql`select now()`; setTimeout(() => {}, 10);'],
    ['bin/tollgate.ts', 'process.env.PORT; console.log(1);'],
    ['bench/run.ts', 'Date.now();'],
    ['src/payments/create-payment.test.ts', 'process.env.PORT; setTimeout(() => {}, 10);'],
  ])('excuse %s: %s', (path, text) => {
    expect(bans([{ path, text }])).toEqual([]);
  });

  it('on patched prototypes hold in tests too', () => {
    expect(bans([{ path: 'test/flows/pay.test.ts', text: 'BigInt.prototype.toJSON = String;' }])).toHaveLength(1);
  });
});
