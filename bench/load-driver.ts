/**
 * The client's side of a benchmark, in a process of its own, so that its processor time is nobody else's. Takes windows
 * from its parent one after the other and answers each with what it saw.
 *
 * A closed loop: each client sends its next request when the answer to the last one has come. That finds the rate the
 * server can hold; the waiting of requests that a faster stream would have sent meanwhile is not in the latencies.
 */
import { randomUUID } from 'node:crypto';
import { Client } from 'undici';
import { paymentBody } from './payment-body.ts';

/** One stretch of load. */
export interface LoadWindow {
  readonly apiUrl: string;
  readonly apiKey: string;
  readonly clients: number;
  readonly seconds: number;
  /** Begins every reference of the window. */
  readonly prefix: string;
}

/** A payment that was answered with 201: its reference, its idempotency key and the id it was given. */
export type CreatedPayment = readonly [reference: string, idempotencyKey: string, paymentId: string];

export interface LoadResult {
  readonly elapsedMs: number;
  readonly latenciesMs: readonly number[];
  readonly created: readonly CreatedPayment[];
  /** Everything that was no 201, by status or error, with how often it came. */
  readonly failures: Readonly<Record<string, number>>;
}

const ANSWER_LIMIT_MS = 30_000;

process.on('message', (window: LoadWindow) => {
  void runWindow(window).then((result) => process.send?.(result));
});

async function runWindow(window: LoadWindow): Promise<LoadResult> {
  const latenciesMs: number[] = [];
  const created: CreatedPayment[] = [];
  const failures: Record<string, number> = {};
  const connections = Array.from({ length: window.clients }, () => connect(window.apiUrl));
  let sent = 0;
  const start = performance.now();
  const end = start + window.seconds * 1_000;
  await Promise.all(connections.map(sendUntilEnd));
  const elapsedMs = performance.now() - start;
  await Promise.all(connections.map((connection) => connection.close()));
  return { elapsedMs, latenciesMs, created, failures };

  async function sendUntilEnd(connection: Client): Promise<void> {
    while (performance.now() < end) {
      const reference = `${window.prefix}-${String(sent++).padStart(10, '0')}`;
      const key = randomUUID();
      const body = paymentBody(reference);
      const begun = performance.now();
      const { failure, paymentId } = await create(connection, window.apiKey, key, body);
      latenciesMs.push(performance.now() - begun);
      if (failure !== null) {
        failures[failure] = (failures[failure] ?? 0) + 1;
        // One failure spoils the window, and a server that refuses at once would be asked a thousand times a second.
        return;
      }
      created.push([reference, key, paymentId]);
    }
  }
}

function connect(apiUrl: string): Client {
  return new Client(apiUrl, { pipelining: 1, headersTimeout: ANSWER_LIMIT_MS, bodyTimeout: ANSWER_LIMIT_MS });
}

interface Outcome {
  /** Null for a 201. */
  readonly failure: string | null;
  readonly paymentId: string;
}

/** Sends one request. Undici's dispatch and not its request: the driver's time is taken from the server's processors. */
function create(connection: Client, apiKey: string, key: string, body: string): Promise<Outcome> {
  return new Promise((resolve) => {
    let status = 0;
    let text = '';
    connection.dispatch(
      {
        method: 'POST',
        path: '/api/v1/payments',
        headers: ['authorization', `Bearer ${apiKey}`, 'idempotency-key', key, 'content-type', 'application/json'],
        body,
      },
      {
        onRequestStart() {},
        onResponseStart(_controller, statusCode) {
          status = statusCode;
        },
        onResponseData(_controller, chunk) {
          text += chunk.toString('latin1');
        },
        onResponseEnd() {
          resolve(outcomeOf(status, text));
        },
        onResponseError(_controller, error) {
          resolve({ failure: `${error.name} ${error.message}`, paymentId: '' });
        },
      },
    );
  });
}

function outcomeOf(status: number, text: string): Outcome {
  const [, paymentId] = /^\{"id":"(pay_[0-9a-z]{26})"/.exec(text) ?? [];
  if (status === 201 && paymentId !== undefined) return { failure: null, paymentId };
  return { failure: status === 201 ? '201 without an id' : String(status), paymentId: '' };
}
