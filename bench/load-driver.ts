/**
 * The client's side of a benchmark, in a process of its own, so that its processor time is nobody else's. Takes windows
 * from its parent one after the other and answers each with what it saw.
 *
 * A closed loop: each client sends its next request when the answer to the last one has come. That finds the rate the
 * server can hold; the waiting of requests that a faster stream would have sent meanwhile is not in the latencies. At a
 * given rate it is: there a request's time begins when it should have been sent.
 */
import { randomUUID } from 'node:crypto';
import { Client } from 'undici';
import { type NotifiedAccount, notificationOf } from './notification.ts';
import { paymentBody } from './payment-body.ts';

/** One stretch of load. */
export interface LoadWindow {
  readonly apiUrl: string;
  readonly apiKey: string;
  readonly clients: number;
  readonly seconds: number;
  /** Sends at this rate, whatever the answers take; left out, each client sends when it has its answer. */
  readonly perSecond?: number;
  readonly work: LoadWork;
}

/**
 * What each request does: creates a payment under a reference that begins so, pays the next one of those made before, or
 * tells that the next attempt was captured, as the sandbox tells it.
 */
export type LoadWork =
  | { readonly kind: 'create'; readonly prefix: string }
  | { readonly kind: 'confirm'; readonly paymentIds: readonly string[] }
  | {
      readonly kind: 'notify';
      readonly account: NotifiedAccount;
      readonly attempts: readonly { readonly paymentId: string; readonly attemptId: string }[];
    };

/** A request that was answered with success: the reference it gave (empty where it gave none), its idempotency key and its payment. */
export type AnsweredPayment = readonly [reference: string, idempotencyKey: string, paymentId: string];

export interface LoadResult {
  readonly elapsedMs: number;
  readonly latenciesMs: readonly number[];
  readonly answered: readonly AnsweredPayment[];
  /** Every other outcome, by status or error, with how often it came. */
  readonly failures: Readonly<Record<string, number>>;
}

const ANSWER_LIMIT_MS = 30_000;

process.on('message', (window: LoadWindow) => {
  void runWindow(window).then((result) => process.send?.(result));
});

async function runWindow(window: LoadWindow): Promise<LoadResult> {
  const latenciesMs: number[] = [];
  const answered: AnsweredPayment[] = [];
  const failures: Record<string, number> = {};
  const connections = Array.from({ length: window.clients }, () => connect(window.apiUrl));
  let sent = 0;
  const start = performance.now();
  const end = start + window.seconds * 1_000;
  await Promise.all(connections.map(sendUntilEnd));
  const elapsedMs = performance.now() - start;
  await Promise.all(connections.map((connection) => connection.close()));
  return { elapsedMs, latenciesMs, answered, failures };

  async function sendUntilEnd(connection: Client): Promise<void> {
    for (;;) {
      const number = sent++;
      const dueAt = window.perSecond === undefined ? null : start + (number * 1_000) / window.perSecond;
      if ((dueAt ?? performance.now()) >= end) return;
      const order = orderOf(window.work, number);
      // All that were made before are paid: the window ends here.
      if (order === null) return;
      const early = dueAt === null ? 0 : dueAt - performance.now();
      if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
      const key = randomUUID();
      const begun = dueAt ?? performance.now();
      const { failure, paymentId } = await send(connection, window.apiKey, key, order);
      if (failure !== null) {
        failures[failure] = (failures[failure] ?? 0) + 1;
        // One failure spoils the window, and a server that refuses at once would be asked a thousand times a second.
        return;
      }
      latenciesMs.push(performance.now() - begun);
      answered.push([order.reference, key, paymentId]);
    }
  }
}

/** One request, and how its answer begins where it did what was asked. */
interface Order {
  readonly path: string;
  readonly body: string;
  readonly reference: string;
  readonly status: number;
  /** Its first group is the payment's id, where the answer names one. */
  readonly done: RegExp;
  readonly paymentId: string;
  /** Beside the content type; left out where it is the API that is asked. */
  readonly headers?: readonly string[];
}

const CREATED = /^\{"id":"(pay_[0-9a-z]{26})"/;
const PAID = /^\{"id":"(pay_[0-9a-z]{26})".*?"status":"succeeded"/;
/** The sandbox approves at once and sends no notification: what is measured is the request and nothing behind it. */
const CONFIRM_BODY = JSON.stringify({ method: { type: 'sandbox', token: 'tok_no_ipn' } });

function orderOf(work: LoadWork, number: number): Order | null {
  if (work.kind === 'create') {
    const reference = `${work.prefix}-${String(number).padStart(10, '0')}`;
    return {
      path: '/api/v1/payments',
      body: paymentBody(reference),
      reference,
      status: 201,
      done: CREATED,
      paymentId: '',
    };
  }
  if (work.kind === 'notify') {
    const attempt = work.attempts[number];
    if (attempt === undefined) return null;
    const { path, body, headers } = notificationOf(work.account, attempt.attemptId);
    return { path, body, headers, reference: attempt.attemptId, status: 200, done: /^$/, paymentId: attempt.paymentId };
  }
  const paymentId = work.paymentIds[number];
  if (paymentId === undefined) return null;
  const path = `/api/v1/payments/${paymentId}/confirm`;
  return { path, body: CONFIRM_BODY, reference: '', status: 200, done: PAID, paymentId };
}

function connect(apiUrl: string): Client {
  return new Client(apiUrl, { pipelining: 1, headersTimeout: ANSWER_LIMIT_MS, bodyTimeout: ANSWER_LIMIT_MS });
}

interface Outcome {
  /** Null for success. */
  readonly failure: string | null;
  readonly paymentId: string;
}

/** Sends one request. Undici's dispatch and not its request: the driver's time is taken from the server's processors. */
function send(connection: Client, apiKey: string, key: string, order: Order): Promise<Outcome> {
  const apiHeaders = ['authorization', `Bearer ${apiKey}`, 'idempotency-key', key];
  return new Promise((resolve) => {
    let status = 0;
    let text = '';
    connection.dispatch(
      {
        method: 'POST',
        path: order.path,
        headers: ['content-type', 'application/json', ...(order.headers ?? apiHeaders)],
        body: order.body,
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
          resolve(outcomeOf(order, status, text));
        },
        onResponseError(_controller, error) {
          resolve({ failure: `${error.name} ${error.message}`, paymentId: '' });
        },
      },
    );
  });
}

function outcomeOf(order: Order, status: number, text: string): Outcome {
  const answered = order.done.exec(text);
  if (status === order.status && answered !== null) return { failure: null, paymentId: answered[1] ?? order.paymentId };
  return { failure: status === order.status ? `${status} with another answer` : String(status), paymentId: '' };
}
