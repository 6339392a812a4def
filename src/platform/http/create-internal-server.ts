import type { Clock } from '../../kernel/clock.ts';
import type { Logger } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { createHttpServer, type HttpServer } from './create-http-server.ts';
import type { ReadyChecks } from './health.ts';

interface InternalServerOptions {
  readonly log: Logger;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly readyChecks: ReadyChecks;
}

/**
 * The server for the port that never faces the internet: `/metrics`, `/healthz`, `/readyz`, and endpoints that anyone
 * who gets there may call (the proxy's *ask*). Plain HTTP.
 */
export function createInternalServer({ log, clock, metrics, readyChecks }: InternalServerOptions): HttpServer {
  const server = createHttpServer({
    log,
    clock,
    metrics,
    readyChecks,
    authenticate: async () => ({ by: 'anyone' }),
    trustProxy: false,
    requireHttps: 'never',
  });
  server.fastify.get('/metrics', async (_request, reply) =>
    reply.header('content-type', metrics.contentType).send(await metrics.render()),
  );
  return server;
}
