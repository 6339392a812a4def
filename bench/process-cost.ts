import { readdirSync, readFileSync } from 'node:fs';

/**
 * What processes cost, as the kernel counts it (proc(5)). Everything is null where there is no /proc or the process is
 * not on this machine: a figure that is missing is better than one that is guessed.
 */

/** USER_HZ, the unit of /proc/<pid>/stat, is 100 on every Linux that Node is built for. */
const TICKS_PER_SECOND = 100;

interface ProcessTimes {
  readonly parent: number;
  readonly ownSeconds: number;
  /** Of children that ended and were waited for. */
  readonly endedChildrenSeconds: number;
}

/** User and system time of one process so far. */
export function cpuSeconds(pid: number): number | null {
  return readTimes(pid)?.ownSeconds ?? null;
}

/** User and system time of this process's children that have ended, such as pgbench. */
export function endedChildrenCpuSeconds(): number | null {
  return readTimes(process.pid)?.endedChildrenSeconds ?? null;
}

/** User and system time of a PostgreSQL server: the postmaster, its living children and those that ended. */
export function serverCpuSeconds(postmaster: number): number | null {
  const own = readTimes(postmaster);
  if (own === null) return null;
  return serverProcesses(postmaster)
    .filter((pid) => pid !== postmaster)
    .reduce((sum, pid) => sum + (readTimes(pid)?.ownSeconds ?? 0), own.ownSeconds + own.endedChildrenSeconds);
}

/** Everything this machine's processors did so far, also for others. */
export function machineCpuSeconds(): number | null {
  const line = readProc('stat')?.split('\n', 1)[0];
  if (line === undefined) return null;
  // user nice system idle iowait irq softirq steal; what follows is counted in user already.
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = line.split(/ +/).slice(1).map(Number);
  return (user + nice + system + irq + softirq + steal) / TICKS_PER_SECOND;
}

/** The most memory a process ever held, in MiB. */
export function peakMemoryMib(pid: number): number | null {
  const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(readProc(`${pid}/status`) ?? '') ?? [];
  return kib === undefined ? null : Number(kib) / 1024;
}

/** What a PostgreSQL server holds now, in MiB; what its processes share is counted once. */
export function serverMemoryMib(postmaster: number): number | null {
  const sizes = serverProcesses(postmaster).map((pid) => {
    const [, kib] = /^Pss:\s+(\d+) kB$/m.exec(readProc(`${pid}/smaps_rollup`) ?? '') ?? [];
    return kib === undefined ? 0 : Number(kib) / 1024;
  });
  const sum = sizes.reduce((total, size) => total + size, 0);
  return sum === 0 ? null : sum;
}

/** The postmaster of a backend that runs on this machine; null where that number means another process here. */
export function postmasterOf(backend: number): number | null {
  if (!/^postgres/.test(readProc(`${backend}/comm`) ?? '')) return null;
  return readTimes(backend)?.parent ?? null;
}

function serverProcesses(postmaster: number): readonly number[] {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const children = all.map(Number).filter((pid) => readTimes(pid)?.parent === postmaster);
  return [postmaster, ...children];
}

function readTimes(pid: number): ProcessTimes | null {
  const stat = readProc(`${pid}/stat`);
  if (stat === null) return null;
  // The name stands in parentheses and may hold anything, so fields are counted from the last one.
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [, parent = 0, , , , , , , , , , user = 0, system = 0, childrenUser = 0, childrenSystem = 0] = fields;
  return {
    parent,
    ownSeconds: (user + system) / TICKS_PER_SECOND,
    endedChildrenSeconds: (childrenUser + childrenSystem) / TICKS_PER_SECOND,
  };
}

/** A process may end at any moment; what is gone counts as not there. */
function readProc(path: string): string | null {
  try {
    return readFileSync(`/proc/${path}`, 'utf8');
  } catch {
    return null;
  }
}
