import { createHash } from 'node:crypto';
import type { Account } from './account.ts';
import { ApiError, invalidRequest } from './api-error.ts';
import type { FormValue } from './form.ts';

const KEPT_SECONDS = 24 * 3_600;
const KEY_LENGTH_MAX = 255;

/** What went out, or would have, for a request. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly isReplay?: true;
}

export interface KeyedRequest {
  readonly key: string | undefined;
  readonly method: string;
  readonly path: string;
  readonly form: Readonly<Record<string, FormValue>>;
  readonly now: number;
}

/**
 * Gives the first answer again for a key that was used before, also where that was an error; the same key with other
 * content is an error of its own. What was refused before it was executed (parameters, conflicts) is not kept.
 * https://docs.stripe.com/api/idempotent_requests
 */
export function runOnce(account: Account, request: KeyedRequest, execute: () => Answer): Answer {
  const { key, method, now } = request;
  if (key === undefined || method !== 'POST') return execute();
  if (key.length > KEY_LENGTH_MAX) throw invalidRequest('parameter_invalid', 'The idempotency key is too long');
  const kept = account.keptAnswers.get(key);
  const fingerprint = createHash('sha256')
    .update(`${method} ${request.path} ${canonical(request.form)}`)
    .digest('hex');
  if (kept !== undefined && now - kept.keptAt < KEPT_SECONDS) {
    if (kept.fingerprint === fingerprint) return { status: kept.status, body: kept.body, isReplay: true };
    const message = 'Keys for idempotent requests can only be used with the same parameters they were first used with.';
    throw new ApiError(400, { type: 'idempotency_error', message });
  }
  const answer = execute();
  account.keptAnswers.set(key, { fingerprint, status: answer.status, body: answer.body, keptAt: now });
  return answer;
}

/** The parameters count, not how they were written. */
function canonical(value: FormValue): string {
  if (typeof value === 'string') return JSON.stringify(value);
  const entries = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`);
  return `{${entries.sort().join(',')}}`;
}
