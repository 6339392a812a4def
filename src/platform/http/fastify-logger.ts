import type { FastifyBaseLogger } from 'fastify';
import type { Logger } from '../log.ts';

/** Lets Fastify's own warnings and errors out through our log; its routine lines are not wanted. */
export function fastifyLogger(log: Logger): FastifyBaseLogger {
  const write = (level: 'warn' | 'error') => (fields: unknown, message?: unknown) => {
    const text = typeof message === 'string' ? message : typeof fields === 'string' ? fields : 'Fastify reported';
    log[level]({ fastify: typeof fields === 'string' ? null : fields }, text);
  };
  const ignore = () => {};
  const adapter: FastifyBaseLogger = {
    level: 'warn',
    silent: ignore,
    trace: ignore,
    debug: ignore,
    info: ignore,
    warn: write('warn'),
    error: write('error'),
    fatal: write('error'),
    child: () => adapter,
  };
  return adapter;
}
