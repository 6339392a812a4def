/**
 * The simulator as a process of its own:
 * `node src/providers/stripe/simulator/main.ts [--port 0] [--host 127.0.0.1] [--notify-origin <origin>]…`. Prints one line
 * of JSON when it listens; SIGTERM and SIGINT end it. Its accounts live as long as it does.
 */
import { parseArgs } from 'node:util';
import { systemClock } from '../../../kernel/clock.ts';
import { startStripeSimulator } from './start-stripe-simulator.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    host: { type: 'string', default: '127.0.0.1' },
    'notify-origin': { type: 'string', multiple: true },
  },
});

const port = Number(values.port);
if (!Number.isInteger(port) || port < 0 || port > 65_535) {
  process.stderr.write('Usage: main.ts [--port 0-65535] [--host <address>] [--notify-origin <origin>]\n');
  process.exit(2);
}

const origins = values['notify-origin'];
const simulator = await startStripeSimulator({
  host: values.host,
  port,
  clock: systemClock,
  failed: (error) => void process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`),
  ...(origins === undefined ? {} : { mayNotify: (url: URL) => origins.includes(url.origin) }),
});
process.stdout.write(`${JSON.stringify({ ready: true, url: simulator.url })}\n`);
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void simulator.close());
