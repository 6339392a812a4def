import { timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Account } from './account.ts';
import { ApiError } from './api-error.ts';
import type { Fault, Faults, Operation } from './faults.ts';
import { type Answer, IdempotentAnswers } from './idempotency.ts';
import { type Body, change, charge, type Desk, openToken, read, refund } from './serve-transactions.ts';

/** Serves the API: who asks, what goes wrong, and once for each key. */
export class Counter {
  url = '';
  readonly #desk: Desk;
  readonly #faults: Faults;
  readonly #answers: IdempotentAnswers;
  readonly #requests: Operation[] = [];
  #gate: Promise<void> = Promise.resolve();

  constructor(desk: Desk, faults: Faults) {
    this.#desk = desk;
    this.#faults = faults;
    this.#answers = new IdempotentAnswers(desk.clock);
  }

  countRequests(operation: Operation): number {
    return this.#requests.filter((each) => each === operation).length;
  }

  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#gate = promise;
    return resolve;
  }

  async serve(request: FastifyRequest): Promise<{ readonly answer: Answer; readonly fault: Fault | null }> {
    const path = request.url.slice('/services/2'.length);
    const operation = operationOf(request.method, path);
    if (operation !== null) this.#requests.push(operation);
    const fault = operation === null ? null : this.#faults.take(operation);
    if (fault === 'rate_limited') return { answer: { status: 429, body: 'Client request rate is too high' }, fault };
    if (fault === 'busy') return { answer: { status: 503, body: 'Request rate for service is too high' }, fault };
    if (fault !== null && typeof fault === 'object') return { answer: { status: fault.status }, fault };
    try {
      return { answer: await this.#answer(request, operation, path), fault };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return { answer: { status: error.status, body: error.body }, fault };
    }
  }

  async #answer(request: FastifyRequest, operation: Operation | null, path: string): Promise<Answer> {
    if (!isAuthorized(this.#desk.account, request.headers.authorization ?? '')) {
      return { status: 401, headers: { 'www-authenticate': 'Basic' }, body: '<h1>Unauthorized</h1>' };
    }
    if (operation === null) throw new ApiError('INVALID_HTTP_METHOD');
    const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const key = request.method === 'POST' ? headerOf(request, 'idempotency-key') : null;
    return this.#answers.once(key, `${path}\n${bytes.toString('latin1')}`, async () => {
      if (operation === 'charge') await this.#gate;
      switch (operation) {
        case 'token':
          return openToken(this.#desk, this.url);
        case 'charge':
          return charge(this.#desk, jsonOf(bytes));
        case 'change':
          return change(this.#desk, jsonOf(bytes));
        case 'refund':
          return refund(this.#desk, path.split('/').at(-1) ?? '', jsonOf(bytes));
        case 'read':
          return read(this.#desk, decodeURIComponent(path.split('/').at(-1) ?? ''));
      }
    });
  }
}

function operationOf(method: string, path: string): Operation | null {
  if (method === 'POST' && path === '/payment-fields-tokens') return 'token';
  if (method === 'POST' && path === '/transactions') return 'charge';
  if (method === 'PUT' && path === '/transactions') return 'change';
  if (method === 'POST' && /^\/transactions\/refund\/\d+$/.test(path)) return 'refund';
  return method === 'GET' && /^\/transactions\/[^/]+$/.test(path) ? 'read' : null;
}

function isAuthorized({ user, password }: Account, header: string): boolean {
  const expected = Buffer.from(`Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`);
  const given = Buffer.from(header);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function headerOf(request: FastifyRequest, name: string): string | null {
  const value = request.headers[name];
  return typeof value === 'string' ? value : null;
}

function jsonOf(bytes: Buffer): Body {
  try {
    const json: unknown = JSON.parse(bytes.toString());
    if (typeof json === 'object' && json !== null) return json as Body;
  } catch {
    // Said below, as for everything else that is no object.
  }
  throw new ApiError('VALIDATION_GENERAL_FAILURE');
}
