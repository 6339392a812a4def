// A process of its own that starts a local PostgreSQL and keeps it, for tests that kill processes.
import { startLocalPostgres } from '../../src/platform/embedded-postgres/start-local-postgres.ts';

const [dataDir = ''] = process.argv.slice(2);
const server = await startLocalPostgres({ dataDir, log: { info() {}, warn() {} } });
process.stdout.write(`${JSON.stringify({ url: server.url })}\n`);
setInterval(() => {}, 60_000);
