import type { FastifyInstance } from 'fastify';
import type { Logger } from '../log.ts';

/**
 * Named conditions for taking traffic; a check that throws has failed. One that answers
 * 'degraded' is said and keeps no traffic away: what it
 * is about hits every process alike, and most of the work goes on.
 */
export type ReadyChecks = Readonly<Record<string, () => Promise<unknown>>>;

/** Served without TLS and while draining: those who ask are load balancers and supervisors. */
export const HEALTH_PATHS: ReadonlySet<string> = new Set(['/healthz', '/readyz']);

const CHECK_TIMEOUT_MS = 2_000;
/** Anybody may ask, so asking often must not become work for the database. */
const VERDICT_AGE_MAX_MS = 1_000;
const RETRY_SECONDS = 5;

interface HealthOptions {
  readonly checks: ReadyChecks;
  readonly draining: AbortSignal;
  readonly log: Logger;
}

type Verdicts = Readonly<Record<string, 'ok' | 'degraded' | 'failed'>>;

/** Adds `/healthz` (this process answers) and `/readyz` (and its checks pass and it is not leaving). */
export function addHealthRoutes(fastify: FastifyInstance, options: HealthOptions): void {
  const judge = rememberBriefly(() => runChecks(options));
  fastify.get('/healthz', (_request, reply) => reply.send({ status: 'ok' }));
  fastify.get('/readyz', async (_request, reply) => {
    const checks = await judge();
    const ready = !options.draining.aborted && Object.values(checks).every((verdict) => verdict !== 'failed');
    if (!ready) reply.code(503).header('retry-after', RETRY_SECONDS);
    return reply.send({ status: ready ? 'ready' : 'not_ready', draining: options.draining.aborted, checks });
  });
}

async function runChecks({ checks, log }: HealthOptions): Promise<Verdicts> {
  const verdicts = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      try {
        return [name, (await withTimeout(check())) === 'degraded' ? 'degraded' : 'ok'] as const;
      } catch (error) {
        // The reason stays here: the answer is public.
        log.warn({ check: name, error }, 'A readiness check failed');
        return [name, 'failed'] as const;
      }
    }),
  );
  return Object.fromEntries(verdicts);
}

async function withTimeout<T>(check: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error('The check took too long')), CHECK_TIMEOUT_MS);
  try {
    return await Promise.race([check, promise]);
  } finally {
    clearTimeout(timer);
  }
}

function rememberBriefly(judge: () => Promise<Verdicts>): () => Promise<Verdicts> {
  let verdicts: Promise<Verdicts> | null = null;
  let askedAtMs = 0;
  return () => {
    if (verdicts === null || performance.now() - askedAtMs > VERDICT_AGE_MAX_MS) {
      askedAtMs = performance.now();
      verdicts = judge();
    }
    return verdicts;
  };
}
