import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Config } from '../config.ts';
import { exchangeOf } from '../platform/http/exchange.ts';
import type { RequestRates } from '../platform/http/request-rates.ts';
import type { Metrics } from '../platform/metrics.ts';
import { GuessLimit } from '../platform/rate-limit/guess-limit.ts';
import { RateLimit } from '../platform/rate-limit/rate-limit.ts';
import { sourceOfAddress } from '../platform/rate-limit/source-of-address.ts';
import { roleOfPath } from './host-rule.ts';

export interface RateLimits {
  readonly requests: RequestRates;
  readonly credentials: GuessLimit;
  readonly signIns: GuessLimit;
  readonly checkoutTokens: GuessLimit;
  readonly domainQuestions: RateLimit;
}

/** The limits of one process, as the operator set them. */
export function createRateLimits({ rateLimits }: Pick<Config, 'rateLimits'>, metrics: Metrics): RateLimits {
  const counter = metrics.counter('tollgate_rate_limited_total', 'Requests refused with 429, by the limit', ['limit']);
  const refusedBy = (limit: string) => () => counter.add(1, { limit });
  const callers = new RateLimit(rateLimits.callers, refusedBy('callers'));
  const addresses = new RateLimit(rateLimits.addresses, refusedBy('addresses'));
  return {
    requests: {
      admitCaller(caller, nowMs) {
        const mode = caller.by === 'tenant' ? caller.mode : caller.by;
        callers.admit(`${mode} ${caller.actor}`, nowMs);
      },
      admitAddress(path, address, nowMs) {
        // A provider whose notification is refused sends it again hours later, or never.
        if (roleOfPath(path) === 'hooks') return;
        // Back ends as well, though they sign instead of naming a key.
        const limit = path.startsWith('/api/partner/') ? callers : addresses;
        limit.admit(sourceOfAddress(address), nowMs);
      },
    },
    credentials: new GuessLimit(rateLimits.badCredentials, refusedBy('bad_credentials')),
    signIns: new GuessLimit(rateLimits.badSignIns, refusedBy('bad_sign_ins')),
    checkoutTokens: new GuessLimit(rateLimits.badTokens, refusedBy('bad_tokens')),
    domainQuestions: new RateLimit(rateLimits.domainQuestions, refusedBy('domain_questions')),
  };
}

/** Bounds how many checkout tokens one source tries that open nothing, at the page and at the interface behind it. */
export function limitTokenGuesses(fastify: FastifyInstance, guesses: GuessLimit): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    const token = tokenOf(request);
    if (token !== null) guesses.admit([sourceOf(request)], token, arrivalOf(request));
    done();
  });
  fastify.addHook('onSend', (request, { statusCode }, _payload, done) => {
    const token = tokenOf(request);
    if (token !== null && statusCode === 404) guesses.wrong([sourceOf(request)], token, arrivalOf(request));
    if (token !== null && statusCode < 400) guesses.right(token);
    done();
  });
}

/** null: not an address that opens a payment. */
function tokenOf({ routeOptions, params }: FastifyRequest): string | null {
  if (roleOfPath(routeOptions.url ?? '') !== 'checkout') return null;
  return (params as { readonly token?: string }).token ?? null;
}

function sourceOf(request: FastifyRequest): string {
  return sourceOfAddress(exchangeOf(request).remoteAddress);
}

function arrivalOf(request: FastifyRequest): number {
  return exchangeOf(request).receivedAt.epochMilliseconds;
}
