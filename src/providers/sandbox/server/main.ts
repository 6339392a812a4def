/**
 * The sandbox as a process of its own:
 * `node src/providers/sandbox/server/main.ts --data-file <file> [--port 0] [--host 127.0.0.1] [--public-url <url>]
 * [--notify-origin <origin>]…`. Prints one line of JSON when it listens; SIGTERM and SIGINT end it.
 */
import { parseArgs } from 'node:util';
import { pino, stdSerializers } from 'pino';
import { systemClock } from '../../../kernel/clock.ts';
import { type SandboxServerOptions, startSandboxServer } from './start-sandbox-server.ts';

const { values } = parseArgs({
  options: {
    'data-file': { type: 'string' },
    port: { type: 'string', default: '0' },
    host: { type: 'string', default: '127.0.0.1' },
    'public-url': { type: 'string' },
    'notify-origin': { type: 'string', multiple: true },
  },
});

const dataFile = values['data-file'];
const port = Number(values.port);
if (dataFile === undefined || !Number.isInteger(port) || port < 0 || port > 65_535) {
  process.stderr.write(
    'Usage: main.ts --data-file <file> [--port 0-65535] [--host] [--public-url] [--notify-origin]\n',
  );
  process.exit(2);
}

const origins = values['notify-origin'];
const publicUrl = values['public-url'];
const options: SandboxServerOptions = {
  host: values.host,
  port,
  dataFile,
  clock: systemClock,
  log: pino({ name: 'sandbox', serializers: { error: stdSerializers.err } }, pino.destination(2)),
  ...(publicUrl === undefined ? {} : { publicUrl }),
  ...(origins === undefined ? {} : { mayNotify: (url: URL) => origins.includes(url.origin) }),
};
const server = await startSandboxServer(options);
process.stdout.write(`${JSON.stringify({ ready: true, url: server.url })}\n`);
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void server.close());
