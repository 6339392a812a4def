import { parseArgs } from 'node:util';

/** What a run measures, every part of it bounded. */
export interface BenchOptions {
  /** How many clients wait for an answer at the same time, one level after the other. */
  readonly clients: readonly number[];
  readonly rounds: number;
  /** Length of one measured window. */
  readonly seconds: number;
  /** Length of the windows of the subject that are thrown away: before the first level, and before each level. */
  readonly warmupSeconds: number;
  /** The roles of the gateway's process. */
  readonly roles: string;
  readonly baseline: 'pgbench' | 'own';
  readonly profile: boolean;
  readonly json: boolean;
  readonly explain: boolean;
  /** How many payments lie in the database before anything is measured or explained. */
  readonly rows: number;
}

/** Thrown with a sentence for whoever typed the flags. */
export class BenchRefused extends Error {
  override readonly name = 'BenchRefused';
}

/** The embedded server takes 200 connections, and the gateway has some of them. */
const CLIENTS_MAX = 128;
const LEVELS_MAX = 10;
/** Plans are looked at for what becomes of them when a lot has gathered. */
const ROWS_EXPLAINED = 1_000_000;

/** Reads the flags. @throws BenchRefused */
export function readOptions(flags: readonly string[]): BenchOptions {
  const { values } = parse(flags);
  const clients = values.clients.split(',').map((text) => whole('clients', text, 1, CLIENTS_MAX));
  if (clients.length > LEVELS_MAX) throw new BenchRefused(`--clients takes at most ${LEVELS_MAX} levels.`);
  if (values.baseline !== 'pgbench' && values.baseline !== 'own') {
    throw new BenchRefused('--baseline is pgbench or own.');
  }
  return {
    clients,
    rounds: whole('rounds', values.rounds, 1, 50),
    seconds: whole('seconds', values.seconds, 1, 120),
    warmupSeconds: whole('warmup', values.warmup, 0, 60),
    roles: values.roles,
    baseline: values.baseline,
    profile: values.profile,
    json: values.json,
    explain: values.explain,
    rows:
      values.rows === undefined ? (values.explain ? ROWS_EXPLAINED : 0) : whole('rows', values.rows, 1_000, 20_000_000),
  };
}

function parse(flags: readonly string[]) {
  try {
    return parseArgs({
      args: [...flags],
      options: {
        clients: { type: 'string', default: '1,16,64' },
        rounds: { type: 'string', default: '3' },
        seconds: { type: 'string', default: '5' },
        warmup: { type: 'string', default: '8' },
        roles: { type: 'string', default: 'api,worker' },
        baseline: { type: 'string', default: 'pgbench' },
        profile: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        explain: { type: 'boolean', default: false },
        rows: { type: 'string' },
      },
    });
  } catch (error) {
    throw new BenchRefused((error as Error).message);
  }
}

/** The whole number of a flag. @throws BenchRefused */
export function whole(name: string, text: string, min: number, max: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max)) throw new BenchRefused(`--${name} is a whole number from ${min} to ${max}.`);
  return value;
}
