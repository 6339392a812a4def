import type { FastifyInstance } from 'fastify';
import type { OperatorCaller, PersonCaller, TenantCaller } from '../../kernel/caller.ts';
import { exchangeOf } from './exchange.ts';
import { HEALTH_PATHS } from './health.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Requests are counted by the caller that their credentials name, once it is known. */
    readonly namesCaller?: boolean;
  }
}

/** Who may come how often. Both throw Problem too_many_requests. */
export interface RequestRates {
  admitCaller(caller: TenantCaller | OperatorCaller | PersonCaller, nowMs: number): void;
  admitAddress(path: string, address: string, nowMs: number): void;
}

/** Counts requests that name no caller by where they come from, before anything is looked up for them. */
export function limitAddresses(fastify: FastifyInstance, rates: RequestRates): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    const { url, config } = request.routeOptions;
    if (config.namesCaller !== true && !HEALTH_PATHS.has(url ?? '')) {
      const { remoteAddress, receivedAt } = exchangeOf(request);
      rates.admitAddress(request.url, remoteAddress, receivedAt.epochMilliseconds);
    }
    done();
  });
}
