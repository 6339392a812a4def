import { Problem } from '../kernel/problem.ts';
import type { PaymentContext } from '../payments/context.ts';
import { isEnded, type Payment } from '../payments/payment.ts';
import { readPaymentByToken } from '../payments/read-payment.ts';
import type { HttpServer } from '../platform/http/create-http-server.ts';
import { openEventStream } from '../platform/http/event-stream.ts';
import { type Exchange, exchangeOf } from '../platform/http/exchange.ts';
import type { Logger } from '../platform/log.ts';
import type { CheckoutSessionAnswer } from './api.ts';
import { checkVisit } from './check-visit.ts';
import { sessionJson } from './session-json.ts';
import { createPaymentWatch } from './watch-payments.ts';

interface TokenRequest {
  Params: { readonly token: string };
}

/** Each holds a connection; who gets none asks by polling. */
const STREAMS_MAX = 4_000;

/**
 * `GET /api/v1/checkout-sessions/{token}/events`: the state of the token's payment as server-sent events, first as it is
 * and then at every change, until the payment is over.
 */
export function streamSessions(server: HttpServer, context: PaymentContext, log: Logger): void {
  const { closing } = server;
  const watch = createPaymentWatch(context.database, log, closing);
  let open = 0;
  server.fastify.get<TokenRequest>('/api/v1/checkout-sessions/:token/events', async (request, reply) => {
    const exchange = exchangeOf(request);
    const look = () => read(context, request.params.token, exchange);
    const first = await look();
    // The browser asks again by itself after the end of a stream, until it is told that there is nothing more.
    if (isEnded(first.payment) && request.headers['last-event-id'] === first.data.stateKey) {
      return reply.code(204).send();
    }
    if (open >= STREAMS_MAX) {
      throw new Problem('unavailable', 'Too many streams are open; ask for the session instead.', {
        retryAfterSeconds: 5,
      });
    }
    open++;
    const stream = openEventStream(reply, {
      closing,
      closed() {
        open--;
        unwatch();
      },
    });
    const tell = ({ payment, data }: Look) => {
      stream.send({ id: data.stateKey, data });
      if (isEnded(payment)) stream.end();
    };
    // Always the newest state: a browser that misses one is told by the next.
    const unwatch = watch.watch(first.payment, () => {
      look().then(tell, (error: unknown) => {
        if (!(error instanceof Problem)) exchange.log.warn({ error }, 'A stream ended early');
        stream.end();
      });
    });
    tell(first);
    return reply;
  });
}

interface Look {
  readonly payment: Payment;
  readonly data: CheckoutSessionAnswer;
}

async function read(context: PaymentContext, token: string, exchange: Exchange): Promise<Look> {
  const found = await readPaymentByToken(context, token);
  checkVisit(found.payment, exchange);
  return { payment: found.payment, data: await sessionJson(context, token, found) };
}
