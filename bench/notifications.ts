/**
 * How fast, how evenly and how soon notifications are delivered. Beside the engine, in the same run: a bare loop of the same
 * HTTP client that posts the same signed bodies to the same receivers and records nothing, and one graphile-worker job for
 * each delivery, which posts and records.
 */
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { reportFailure } from './compare.ts';
import { type BenchServer, openBenchServer } from './database-server.ts';
import { measureBacklog } from './delivery-backlog.ts';
import { measureFairness } from './delivery-fairness.ts';
import { measureLatency, measureStalled } from './delivery-latency.ts';
import { measureSpeed } from './delivery-speed.ts';
import { BenchRefused } from './options.ts';
import { type ReceiverProcess, startReceivers } from './receiver-process.ts';

const PARTS = ['speed', 'tls', 'fairness', 'latency', 'stalled', 'backlog'] as const;

/** Runs the parts that the flags name and prints their figures. */
export function benchNotifications(flags: readonly string[]): Promise<void> {
  return reportFailure(async () => {
    const { parts, deliveries, rounds, rows } = read(flags);
    const server = await openBenchServer(process.env.DATABASE_URL);
    const receivers = await startReceivers();
    try {
      console.log(`PostgreSQL ${server.version}, Node ${process.version}, load average ${loadavg()[0]?.toFixed(1)}`);
      for (const part of parts) {
        console.log(`\n## ${part}\n`);
        console.log(await measurePart(part, server, receivers, { deliveries, rounds, rows }));
      }
    } finally {
      await receivers.stop();
      await server.close();
    }
  });
}

interface Sizes {
  readonly deliveries: number;
  readonly rounds: number;
  readonly rows: number;
}

function measurePart(
  part: (typeof PARTS)[number],
  server: BenchServer,
  receivers: ReceiverProcess,
  { deliveries, rounds, rows }: Sizes,
): Promise<string> {
  switch (part) {
    case 'speed':
      return measureSpeed(server, receivers, { deliveries, rounds, secure: false });
    case 'tls':
      return measureSpeed(server, receivers, { deliveries, rounds, secure: true });
    case 'fairness':
      return measureFairness(server, receivers);
    case 'latency':
      return measureLatency(server, receivers);
    case 'stalled':
      return measureStalled(server, receivers);
    case 'backlog':
      return measureBacklog(server, receivers, rows);
    default:
      throw new BenchRefused('There is no such part');
  }
}

function read(flags: readonly string[]) {
  const { values } = parseArgs({
    args: [...flags],
    options: {
      parts: { type: 'string', default: PARTS.join(',') },
      deliveries: { type: 'string', default: '20000' },
      rounds: { type: 'string', default: '3' },
      rows: { type: 'string', default: '1000000' },
    },
  });
  const parts = values.parts.split(',').map((name) => {
    const part = PARTS.find((one) => one === name);
    if (part === undefined) throw new BenchRefused(`--parts takes a list of ${PARTS.join(', ')}.`);
    return part;
  });
  const whole = (name: string, text: string) => {
    const number = Number(text);
    if (!Number.isSafeInteger(number) || number < 1) throw new BenchRefused(`--${name} takes a whole number.`);
    return number;
  };
  return {
    parts,
    deliveries: whole('deliveries', values.deliveries),
    rounds: whole('rounds', values.rounds),
    rows: whole('rows', values.rows),
  };
}
