/**
 * The simulator as a process of its own:
 * `node src/providers/scantopay/simulator/main.ts [--port 0] [--host 127.0.0.1] [--username merchant-25]
 * [--password …] [--currency ZAR] [--notification-key <32 hexadecimal digits>] [--notification-url <url>]
 * [--notify-origin <origin>]…`. Prints one line of JSON when it listens; SIGTERM and SIGINT end it.
 */
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { systemClock } from '../../../kernel/clock.ts';
import { startScantopaySimulator } from './start-scantopay-simulator.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    host: { type: 'string', default: '127.0.0.1' },
    username: { type: 'string', default: 'merchant-25' },
    password: { type: 'string', default: randomBytes(12).toString('hex') },
    currency: { type: 'string', default: 'ZAR' },
    'notification-key': { type: 'string', default: randomBytes(16).toString('hex') },
    'notification-url': { type: 'string' },
    'notify-origin': { type: 'string', multiple: true },
  },
});

const port = Number(values.port);
const notificationKey = values['notification-key'];
const notificationUrl = values['notification-url'] ?? null;
const isUsable = Number.isInteger(port) && port >= 0 && port <= 65_535 && /^[0-9a-fA-F]{32}$/.test(notificationKey);
if (!isUsable || (notificationUrl !== null && !URL.canParse(notificationUrl))) {
  process.stderr.write(
    'Usage: main.ts [--port 0-65535] [--host] [--username] [--password] [--currency] [--notification-key <32 hex>] ' +
      '[--notification-url] [--notify-origin]\n',
  );
  process.exit(2);
}

const { host, username, password, currency } = values;
const notifyOrigins = values['notify-origin'];
const simulator = await startScantopaySimulator({
  ...{ clock: systemClock, host, port, username, password, currency, notificationKey, notificationUrl },
  ...(notifyOrigins === undefined ? {} : { notifyOrigins }),
});
simulator.runByItself();
const credentials = { username, password, notificationKey, currency, apiUrl: simulator.url };
process.stdout.write(`${JSON.stringify({ ready: true, url: simulator.url, credentials })}\n`);
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void simulator.close());
