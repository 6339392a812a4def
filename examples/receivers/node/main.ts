import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebhookVerificationError } from '../../../sdk/src/tollgate.ts';
import { believe } from './believe.ts';
import { Inbox } from './inbox.ts';
import { isFromGateway } from './is-from-gateway.ts';
import { receiver } from './receiver.ts';

/** `main.ts verify FILE…` checks test vectors; `main.ts serve PORT` receives notifications, settings by environment. */

const [command, ...rest] = process.argv.slice(2);
if (command === 'verify' && rest.length > 0) process.exitCode = await verifyFiles(rest);
else if (command === 'serve' && rest.length === 1) serve(Number(rest[0]));
else {
  console.error('node main.ts verify FILE… | serve PORT');
  process.exitCode = 2;
}

function serve(port: number): void {
  const listed = (name: string) => (process.env[name] ?? '').split(',').filter((each) => each !== '');
  const inbox = new Inbox(process.env.INBOX_FILE ?? ':memory:');
  const work = (said: unknown) => console.log(`received: ${wordOf(said)}`);
  // What was acknowledged before the last crash, and not done.
  void inbox.workOff(work, console.error);
  const server = createServer(
    receiver({
      keys: {
        dialect: process.env.TOLLGATE_DIALECT ?? 'standard',
        profile: process.env.TOLLGATE_PROFILE,
        secrets: listed('TOLLGATE_SECRETS'),
        publicKeys: listed('TOLLGATE_PUBLIC_KEYS'),
        dataProtectionKeys: listed('TOLLGATE_DATA_PROTECTION_KEYS'),
        notificationKeys: listed('TOLLGATE_NOTIFICATION_KEYS'),
      },
      inbox,
      egressAddresses: listed('TOLLGATE_EGRESS_ADDRESSES'),
      work,
      log: console.log,
    }),
  );
  server.listen(port, '127.0.0.1', () => {
    console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks`);
  });
}

function wordOf(said: unknown): unknown {
  const { type, transactionType, status } = said as Record<string, unknown>;
  return type ?? transactionType ?? status;
}

interface Vector {
  readonly name: string;
  readonly at: string;
  readonly endpoint?: { readonly profile?: string };
  readonly keys: readonly { readonly kind: string; readonly text: string }[];
  readonly request: { readonly headers: Record<string, string>; readonly body: string } | null;
  readonly source?: { readonly address: string; readonly egressAddresses: readonly string[] };
}

async function verifyFiles(paths: readonly string[]): Promise<number> {
  let refused = 0;
  for (const path of paths) {
    const { dialect, vectors }: { dialect: string; vectors: Vector[] } = JSON.parse(readFileSync(path, 'utf8'));
    for (const vector of vectors) refused += Number(!(await verifyVector(dialect, vector)));
  }
  return Math.min(refused, 1);
}

async function verifyVector(dialect: string, { name, at, endpoint, keys, request, source }: Vector): Promise<boolean> {
  if (request === null) return true;
  const textsOf = (kind: string) => keys.filter((key) => key.kind === kind).map(({ text }) => text);
  if (source !== undefined && !isFromGateway(source.address, source.egressAddresses)) {
    console.log(`refused\t${name}\tit does not come from the gateway`);
    return false;
  }
  const given = {
    ...{
      dialect,
      profile: endpoint?.profile,
      secrets: textsOf('secret'),
      dataProtectionKeys: textsOf('data_protection'),
    },
    notificationKeys: textsOf('notification'),
  };
  try {
    const { answer } = await believe(given, { ...request, now: new Date(at) });
    console.log(`verified\t${name}\t${answer}`);
    return true;
  } catch (error) {
    if (!(error instanceof WebhookVerificationError)) throw error;
    console.log(`refused\t${name}\t${error.reason}`);
    return false;
  }
}
