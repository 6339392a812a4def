/** For tests only: a BlueSnap that answers whatever it is told to. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { present } from '../../kernel/assert.ts';
import type { CreateInput, PaymentProvider, ProviderCall } from '../provider.ts';
import type { BluesnapCredentials } from './bluesnap-credentials.ts';
import { startBluesnapStage } from './bluesnap-fixture.ts';

export type Answer = (response: ServerResponse) => unknown;

export interface Liar {
  /** The answer to GET. */
  read: Answer;
  /** The answer to everything else. */
  write: Answer;
  /** How often anything but GET was asked. */
  writes: number;
  call: ProviderCall<BluesnapCredentials>;
  input(): CreateInput;
  stop(): Promise<void>;
}

export async function startLiar(): Promise<Liar> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      if (request.method === 'GET') return void liar.read(response);
      liar.writes += 1;
      liar.write(response);
    });
  });
  const stage = await startBluesnapStage();
  const apiUrl = await listen(server);
  const liar: Liar = {
    ...{ read: absent, write: absent, writes: 0 },
    call: stage.call({ credentials: { ...stage.call().credentials, apiUrl } }),
    input: () => ({ ...stage.input(), attemptId: ATTEMPT }),
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      await stage.stop();
    },
  };
  return liar;
}

/** An address of loopback at which nobody listens any more. */
export async function closedAddress(): Promise<string> {
  const server = createServer();
  const url = await listen(server);
  server.close();
  await once(server, 'close');
  return url;
}

async function listen(server: ReturnType<typeof createServer>): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  return (response) => response.writeHead(status, headers).end(JSON.stringify(body));
}

/** An error whose sentence quotes what no error may tell. */
export function error(errorName: string, code: number | string = 10_001): unknown {
  const description = 'Secret pass:word of the stage, card 4263982640269299, ada@example.com';
  return { message: [{ errorName, code, description }] };
}

export const absent: Answer = json(404, error('TRANSACTION_NOT_FOUND', 20_001));

export const ATTEMPT = 'att_01kaj2m3n4p5q6r7s8t9v0w1x2';
export const TRANSACTION = {
  ...{ transactionId: '1011582369', cardTransactionType: 'AUTH_CAPTURE', merchantTransactionId: ATTEMPT },
  ...{ amount: 12.5, currency: 'EUR', processingInfo: { processingStatus: 'SUCCESS' } },
};
export const AUTHORIZED = { ...TRANSACTION, cardTransactionType: 'AUTH_ONLY' };
export const CAPTURED = { ...TRANSACTION, cardTransactionType: 'CAPTURE' };
export const REVERSED = { ...TRANSACTION, cardTransactionType: 'AUTH_REVERSAL' };

/** Answers that leave open what was done. */
export const UNREADABLE: readonly (readonly [what: string, answer: Answer])[] = [
  ['a 500', json(500, error('SERVER_GENERAL_FAILURE', 10_000))],
  ['a 502 of a proxy', (response) => void response.writeHead(502).end('<h1>Bad Gateway</h1>')],
  ['a 503 that does not say why', json(503, error('SOMETHING'))],
  ['a 503 whose sentence anybody says', (r) => void r.writeHead(503).end('Service is temporarily unavailable')],
  ['a 401 that is not BlueSnap speaking', (r) => void r.writeHead(401).end('<h1>Unauthorized</h1>')],
  ['a 403 that is not BlueSnap speaking', (r) => void r.writeHead(403).end('<h1>Forbidden</h1>')],
  ['a 404 that is not BlueSnap speaking', (r) => void r.writeHead(404).end('<h1>Not here</h1>')],
  ['an error without a name', json(400, { message: [{ code: 1 }] })],
  ['an error whose name quotes', json(400, error('Card 4263982640269299 of ada@example.com'))],
  ['an empty list of errors', json(400, { message: [] })],
  ['a redirect', (r) => void r.writeHead(302, { location: '/elsewhere' }).end()],
  ['an empty 200', (r) => void r.writeHead(200).end()],
  ['HTML with 200', (r) => void r.writeHead(200).end('<html></html>')],
  ['a 204', (r) => void r.writeHead(204).end()],
  ['JSON that is nothing of this', json(200, { ok: true })],
  ['a 200 that is null', json(200, null)],
  ['a connection that breaks at once', (r) => void r.destroy()],
  ['silence', () => {}],
  ['no end of blanks', (r) => void r.writeHead(200).end(`{}${' '.repeat(300 * 1024)}`)],
  ['the same under way', json(409, error('REQUEST_WITH_SAME_IDEMPOTENCY_KEY_ALREADY_IN_PROGRESS', 60_102))],
  [
    'another request under the key',
    json(422, error('SAME_IDEMPOTENCY_KEY_WAS_ALREADY_IN_USE_WITH_PREVIOUS_DIFFERENT_REQUEST', 60_101)),
  ],
];

const AMOUNT = { amount: 1_250n, currency: 'EUR' };
const NOTIFICATION_URL = 'https://hooks.example/';

export interface AskedOperation {
  readonly name: string;
  /** What is found before. */
  readonly before: Answer;
  readonly truth: Readonly<Record<string, unknown>>;
  readonly ask: (liar: Liar) => Promise<{ readonly kind: string }>;
}

/** Everything that moves money, with a truthful answer to it. */
export function operationsOf(provider: PaymentProvider<BluesnapCredentials>): Readonly<Record<Verb, AskedOperation>> {
  const about = { attemptId: ATTEMPT, amount: AMOUNT, notificationUrl: NOTIFICATION_URL };
  return {
    complete: {
      name: 'completing',
      before: absent,
      truth: TRANSACTION,
      ask: ({ call, input }) => {
        const clientData = { pfToken: 'a'.repeat(64), firstName: 'Ada', lastName: 'Lovelace' };
        return present(provider.complete, 'complete')(call, { attemptId: ATTEMPT, created: input(), clientData });
      },
    },
    capture: {
      name: 'capturing',
      before: json(200, AUTHORIZED),
      truth: CAPTURED,
      ask: ({ call }) =>
        present(provider.capture, 'capture')(call, {
          ...about,
          captureId: 'cap_01kaj2m3n4p5q6r7s8t9v0w1x2',
          final: true,
        }),
    },
    release: {
      name: 'releasing',
      before: json(200, AUTHORIZED),
      truth: REVERSED,
      ask: ({ call }) => present(provider.release, 'release')(call, { attemptId: ATTEMPT }),
    },
    refund: {
      name: 'refunding',
      before: json(200, TRANSACTION),
      truth: { refundTransactionId: 1_012_463_333, amount: 12.5, refundStatus: 'SUCCESS' },
      ask: ({ call }) =>
        present(provider.refund, 'refund')(call, { ...about, refundId: 're_01kaj2m3n4p5q6r7s8t9v0w1x2' }),
    },
  };
}

type Verb = 'complete' | 'capture' | 'release' | 'refund';
