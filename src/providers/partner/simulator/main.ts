/**
 * The partner simulator as a process of its own:
 * `node src/providers/partner/simulator/main.ts [--port 0] [--host 127.0.0.1] [--wire bluecom|neopay] [--ipn-url <url>]
 * [--notify-origin <origin>]…`. Prints one line of JSON with the merchant it made up when it listens; SIGTERM and SIGINT
 * end it.
 */
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { systemClock } from '../../../kernel/clock.ts';
import type { SimulatedMerchant } from './merchant.ts';
import { startPartnerSimulator } from './start-partner-simulator.ts';

const TICK_MS = 250;

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    host: { type: 'string', default: '127.0.0.1' },
    wire: { type: 'string', default: 'bluecom' },
    'ipn-url': { type: 'string' },
    'notify-origin': { type: 'string', multiple: true },
  },
});

const { host, wire } = values;
const port = Number(values.port);
if (!Number.isInteger(port) || port < 0 || port > 65_535 || (wire !== 'bluecom' && wire !== 'neopay')) {
  process.stderr.write(
    'Usage: main.ts [--port 0-65535] [--host] [--wire bluecom|neopay] [--ipn-url] [--notify-origin]\n',
  );
  process.exit(2);
}

const ipnUrl = values['ipn-url'];
const origins = values['notify-origin'];
const secretKey = randomBytes(24).toString('hex');
const merchant: SimulatedMerchant = {
  ...{ wire, merchantCode: `M${randomBytes(4).toString('hex').toUpperCase()}`, secretKeys: [secretKey] },
  ...(ipnUrl === undefined ? {} : { ipnUrl }),
};
const simulator = await startPartnerSimulator({
  ...{ host, port, clock: systemClock, merchants: [merchant] },
  ...(origins === undefined ? {} : { mayNotify: (url: URL) => origins.includes(url.origin) }),
});
const loop = setInterval(() => void simulator.tick(), TICK_MS);
const { merchantCode } = merchant;
process.stdout.write(
  `${JSON.stringify({ ready: true, url: simulator.url, profile: wire, merchantCode, secretKey })}\n`,
);
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    clearInterval(loop);
    void simulator.close();
  });
}
