/**
 * What the limits on requests cost in one process: time for each request, and memory with more addresses than are kept.
 * Usage: npm run bench rate-limits
 */
import { GuessLimit } from '../src/platform/rate-limit/guess-limit.ts';
import { RateLimit } from '../src/platform/rate-limit/rate-limit.ts';
import { sourceOfAddress } from '../src/platform/rate-limit/source-of-address.ts';
import { TokenBuckets } from '../src/platform/rate-limit/token-buckets.ts';

const REQUESTS = 2_000_000;
const ROUNDS = 5;
const START_MS = 1_795_000_000_000;
const RATE = { count: 5_000, seconds: 10 };

let asked = 0;
/** Fifty requests in a millisecond, through all rounds. */
const nextMs = () => START_MS + Math.floor(asked++ / 50);

/** Nanoseconds for one call, in the quickest round: the others were disturbed. */
function measure(work: (index: number) => void): number {
  const rounds = Array.from({ length: ROUNDS }, () => {
    const begun = performance.now();
    for (let index = 0; index < REQUESTS; index++) work(index);
    return ((performance.now() - begun) * 1e6) / REQUESTS;
  });
  return Math.round(Math.min(...rounds));
}

function names(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `198.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`);
}

function costOfCallers(count: number): number {
  const limit = new RateLimit({ count: 100_000, seconds: 1 });
  const keys = names(count).map((name) => `test key:key_${name}`);
  return measure((index) => limit.admit(keys[index % count] ?? '', nextMs()));
}

function costOfGuesses(): number {
  const guesses = new GuessLimit({ count: 60, seconds: 60 });
  return measure(() => guesses.admit(['from 198.51.100.7', 'at sk_test_1'], 'secret', nextMs()));
}

function memoryOf(addresses: number): { readonly buckets: number; readonly mebibytes: number } {
  global.gc?.();
  const before = process.memoryUsage().heapUsed;
  const buckets = new TokenBuckets(RATE);
  for (let index = 0; index < addresses; index++) buckets.take(addressText(index), nextMs());
  global.gc?.();
  const mebibytes = Math.round((process.memoryUsage().heapUsed - before) / 1024 / 102.4) / 10;
  return { buckets: buckets.size, mebibytes };
}

/** A text of its own, as an address in a request is. */
function addressText(index: number): string {
  return Buffer.from(`198.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`).toString('latin1');
}

console.log(`one caller                 ${costOfCallers(1)} ns`);
console.log(`10,000 callers in turn     ${costOfCallers(10_000)} ns`);
console.log(`1,000,000 callers in turn  ${costOfCallers(1_000_000)} ns (each has given way before it comes again)`);
console.log(`credentials, none wrong    ${costOfGuesses()} ns`);
console.log(`source of IPv4             ${measure(() => sourceOfAddress('198.51.100.7'))} ns`);
console.log(`source of IPv6             ${measure(() => sourceOfAddress('2001:db8:1:2:3:4:5:6'))} ns`);
const { buckets, mebibytes } = memoryOf(1_000_000);
console.log(`after 1,000,000 addresses  ${buckets} buckets, ${mebibytes} MiB`);
