import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cpuSeconds, endedChildrenCpuSeconds, machineCpuSeconds, peakMemoryMib, postmasterOf } from './process-cost.ts';

const NO_PROCESS = 2 ** 30;
const BURN = 'const end = performance.now() + 300; while (performance.now() < end) {}';

describe.runIf(existsSync('/proc/self/stat'))('the cost of a process', () => {
  it('is what it says of itself', () => {
    const { userCPUTime, systemCPUTime } = process.resourceUsage();
    const own = (userCPUTime + systemCPUTime) / 1e6;
    expect(Math.abs((cpuSeconds(process.pid) ?? 0) - own)).toBeLessThan(0.5);
    // The peak lies between what is held now and getrusage's own peak, which also counts what came before exec.
    const peak = peakMemoryMib(process.pid) ?? 0;
    expect(peak).toBeGreaterThanOrEqual(process.memoryUsage.rss() / 2 ** 20 - 10);
    expect(peak).toBeLessThanOrEqual(process.resourceUsage().maxRSS / 1024 + 10);
  });

  it('counts children once they have ended, and the machine counts everybody', () => {
    const [children, machine] = [endedChildrenCpuSeconds() ?? 0, machineCpuSeconds() ?? 0];
    execFileSync(process.execPath, ['-e', BURN]);
    const childrenSpent = (endedChildrenCpuSeconds() ?? 0) - children;
    expect(childrenSpent).toBeGreaterThan(0.02);
    expect((machineCpuSeconds() ?? 0) - machine).toBeGreaterThan(childrenSpent * 0.9);
  });

  it('is unknown for a process that is not there', () => {
    expect(cpuSeconds(NO_PROCESS)).toBeNull();
    expect(peakMemoryMib(NO_PROCESS)).toBeNull();
  });

  it('is not taken from a process that only has the number of a backend elsewhere', () => {
    expect(postmasterOf(process.pid)).toBeNull();
  });
});
