/**
 * The simulated BlueSnap as a process of its own:
 * `node src/providers/bluesnap/simulator/main.ts [--port 0] [--host 127.0.0.1] [--notify-url <url>]
 * [--notify-origin <origin>]… [--user] [--password] [--merchant-id] [--ipn-key] [--data-protection-key] [--require-receipt]`.
 * Prints one line of JSON when it listens; SIGTERM and SIGINT end it.
 */
import { parseArgs } from 'node:util';
import { systemClock } from '../../../kernel/clock.ts';
import { startBluesnapSimulator } from './start-bluesnap-simulator.ts';

const RESEND_CHECK_MS = 1_000;

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    host: { type: 'string', default: '127.0.0.1' },
    'notify-url': { type: 'string' },
    'notify-origin': { type: 'string', multiple: true },
    user: { type: 'string', default: 'API_simulator' },
    password: { type: 'string', default: 'simulator-password' },
    'merchant-id': { type: 'string', default: '400088' },
    'ipn-key': { type: 'string', default: 'simulator-ipn-key' },
    'data-protection-key': { type: 'string' },
    'require-receipt': { type: 'boolean', default: false },
  },
});

const port = Number(values.port);
const notifyUrl = values['notify-url'] === undefined ? undefined : URL.parse(values['notify-url']);
// With origins given, a notification goes to none but these.
const mayNotify = notifyUrl && (values['notify-origin']?.includes(notifyUrl.origin) ?? true);
if (!Number.isInteger(port) || port < 0 || port > 65_535 || notifyUrl === null || mayNotify === false) {
  process.stderr.write('Usage: main.ts [--port 0-65535] [--host] [--notify-url <url>] [--notify-origin <origin>]…\n');
  process.exit(2);
}

const simulator = await startBluesnapSimulator({
  host: values.host,
  port,
  clock: systemClock,
  account: {
    user: values.user,
    password: values.password,
    merchantId: values['merchant-id'],
    ipnUrl: notifyUrl?.href ?? null,
    ipnKey: values['ipn-key'],
    dataProtectionKey: values['data-protection-key'] ?? null,
    requireReceipt: values['require-receipt'],
  },
});
process.stdout.write(`${JSON.stringify({ ready: true, url: simulator.url })}\n`);
const resending = setInterval(() => void simulator.tick(), RESEND_CHECK_MS);
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    clearInterval(resending);
    void simulator.close();
  });
}
