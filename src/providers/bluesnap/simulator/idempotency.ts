import type { Clock } from '../../../kernel/clock.ts';
import { ApiError } from './api-error.ts';

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

interface Kept {
  readonly request: string;
  readonly at: number;
  answer: Answer | null;
}

const KEPT_MS = 24 * 60 * 60 * 1000;
const KEY_CHARACTERS_MAX = 64;

/** The answers that were given under a key, for 24 hours. */
export class IdempotentAnswers {
  readonly #kept = new Map<string, Kept>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Does the work, or gives the answer that the same request under the same key was given. @throws ApiError */
  async once(key: string | null, request: string, work: () => Promise<Answer>): Promise<Answer> {
    if (key === null) return work();
    if (key.length > KEY_CHARACTERS_MAX) throw new ApiError('IDEMPOTENCY_KEY_MAX_LENGTH_LIMIT_EXCEEDED');
    if (!/^[A-Za-z0-9-]+$/.test(key)) throw new ApiError('INVALID_IDEMPOTENCY_KEY');
    const now = this.#clock.now().epochMilliseconds;
    const known = this.#kept.get(key);
    if (known !== undefined && now - known.at < KEPT_MS) {
      if (known.request !== request) {
        throw new ApiError('SAME_IDEMPOTENCY_KEY_WAS_ALREADY_IN_USE_WITH_PREVIOUS_DIFFERENT_REQUEST');
      }
      if (known.answer === null) throw new ApiError('REQUEST_WITH_SAME_IDEMPOTENCY_KEY_ALREADY_IN_PROGRESS');
      return { ...known.answer, headers: { ...known.answer.headers, 'idempotency-key': key } };
    }
    const kept: Kept = { request, at: now, answer: null };
    this.#kept.set(key, kept);
    // A no is an answer too: a repeat of it must not become a yes.
    kept.answer = await work().catch((error: unknown) => {
      if (!(error instanceof ApiError)) throw error;
      return { status: error.status, body: error.body };
    });
    return kept.answer;
  }
}
