/** A whole installation in a process of its own, to be killed; gateway-supervisor.ts starts it and speaks to it. */
import { flushCompileCache } from 'node:module';
import { readConfig } from '../../src/config.ts';
import type { Clock } from '../../src/kernel/clock.ts';
import { armCrashPoint, type CrashPointName } from '../../src/platform/crash-point.ts';
import { createLogger } from '../../src/platform/log.ts';
import { startTollgate } from '../../src/roles/all.ts';

export interface GatewayArguments {
  /** Variables as src/config.ts reads them. */
  readonly environment: Readonly<Record<string, string>>;
  /** How far business time is ahead of the machine's. */
  readonly aheadMs: number;
}

export interface ArmedPoint {
  readonly name: CrashPointName;
  readonly occurrence: number;
}

/** What the supervisor may ask of a running process; each is answered by the same message, once it is done. */
export type GatewayOrder =
  | { readonly kind: 'move_clock'; readonly aheadMs: number }
  | { readonly kind: 'arm'; readonly armed: ArmedPoint };

const given = JSON.parse(process.argv[2] ?? '') as GatewayArguments;
let { aheadMs } = given;
const clock: Clock = { now: () => Temporal.Instant.fromEpochMilliseconds(Date.now() + aheadMs) };

let wakeAll = (): void => {};

function obey(order: GatewayOrder): void {
  if (order.kind === 'move_clock') {
    aheadMs = order.aheadMs;
    wakeAll();
  } else armCrashPoint(order.armed.name, order.armed.occurrence);
  process.send?.(order);
}

process.on('message', (order) => obey(order as GatewayOrder));
// Without its supervisor nobody would ever end it.
process.on('disconnect', () => process.exit(1));

const log = createLogger({ level: 'warn', stream: process.stderr });
const { gateway } = await startTollgate({ config: readConfig(given.environment), clock, log, checkAnswers: true });
wakeAll = () => gateway.wakeup.notifyAll();
// A killed process flushes nothing at its end, and the next one starts with a third less work.
flushCompileCache();
process.stdout.write(`${JSON.stringify({ ready: true })}\n`);
