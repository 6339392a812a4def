/**
 * How often the search for card numbers alarms at ordinary order numbers, which hold none.
 * Usage: node bench/card-number-false-alarms.ts
 */
import { createHash, randomUUID } from 'node:crypto';
import { findCardNumber } from '../src/kernel/card-number.ts';
import { ManualClock } from '../src/kernel/clock.ts';
import { ID_PREFIXES, newId } from '../src/kernel/id.ts';

const CASES = 1_000_000;

interface Shape {
  readonly name: string;
  readonly make: (index: number) => string;
}

const clock = new ManualClock('2026-11-21T09:30:00Z');
const random = createRandom(20_261_121);

function digits(count: number): string {
  return Array.from({ length: count }, () => Math.floor(random() * 10)).join('');
}

function sha256(index: number): string {
  return createHash('sha256').update(String(index)).digest('hex');
}

function day(index: number): string {
  return new Date(Date.UTC(2020, 0, 1) + (index % 3_650) * 86_400_000).toISOString().slice(0, 10);
}

const ORDINARY: readonly Shape[] = [
  { name: 'counter of 10 digits', make: (index) => String(1_000_000_000 + index) },
  { name: 'counter of 12 digits', make: (index) => String(100_000_000_000 + index * 7) },
  { name: 'counter of 13 digits from 1', make: (index) => String(1_000_000_000_000 + index) },
  { name: 'counter of 14 digits from 2', make: (index) => String(20_000_000_000_000 + index) },
  { name: 'counter of 16 digits from 1', make: (index) => String(1_000_000_000_000_000 + index) },
  { name: 'epoch milliseconds', make: (index) => String(1_795_253_400_000 + index * 37) },
  { name: 'YYYYMMDD and 8 digits', make: (index) => `${day(index).replaceAll('-', '')}${digits(8)}` },
  { name: 'YYYY-MM-DD/6 digits', make: (index) => `${day(index)}/${digits(6)}` },
  { name: 'YYYYMMDDhhmmss', make: (index) => `${day(index).replaceAll('-', '')}${digits(6)}` },
  { name: 'INV-YYYY-6 digits', make: (index) => `INV-${day(index).slice(0, 4)}-${digits(6)}` },
  {
    name: 'ten letters and digits',
    make: () =>
      Math.floor(random() * 36 ** 10)
        .toString(36)
        .padStart(10, '0'),
  },
  { name: 'UUID', make: () => randomUUID() },
  { name: '24 hexadecimal digits', make: (index) => sha256(index).slice(0, 24) },
  { name: '64 hexadecimal digits', make: sha256 },
  { name: 'our own ids', make: (index) => newId(ID_PREFIXES[index % ID_PREFIXES.length] ?? 'pay', clock) },
];

/** Not ordinary, but possible: any such number is a card number of some scheme as far as anybody can tell. */
const UNLUCKY: readonly Shape[] = [
  { name: 'counter of 13 digits from 4', make: (index) => String(4_000_000_000_000 + index) },
  { name: 'counter of 16 digits from 4', make: (index) => String(4_000_000_000_000_000 + index) },
  ...[13, 14, 15, 16].map((count) => ({ name: `${count} random digits`, make: () => digits(count) })),
];

measure('Ordinary order numbers', ORDINARY);
measure('Numbers that begin as cards do', UNLUCKY);

function measure(title: string, shapes: readonly Shape[]): void {
  const counts = shapes.map(() => ({ cases: 0, alarms: 0 }));
  for (let index = 0; index < CASES; index++) {
    const at = index % shapes.length;
    const shape = shapes[at];
    const count = counts[at];
    if (shape === undefined || count === undefined) continue;
    count.cases++;
    if (findCardNumber(shape.make(Math.floor(index / shapes.length)))) count.alarms++;
  }
  console.log(`\n${title}`);
  shapes.forEach(({ name }, at) => {
    const { cases = 0, alarms = 0 } = counts[at] ?? {};
    console.log(line(name, cases, alarms));
  });
  const alarms = counts.reduce((sum, count) => sum + count.alarms, 0);
  console.log(line('all', CASES, alarms));
}

function line(name: string, cases: number, alarms: number): string {
  const share = `${((alarms / cases) * 100).toFixed(4)} %`;
  return `${name.padEnd(32)}${String(alarms).padStart(8)} of ${String(cases).padStart(9)}${share.padStart(12)}`;
}

/** A repeatable source (mulberry32), so that two runs print the same figures, UUIDs and ids aside. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
