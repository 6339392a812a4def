import type { Desk } from './desk.ts';
import type { Delivery } from './scenario.ts';
import type { SignedParts } from './signature.ts';

export interface ApiRequest extends SignedParts {
  readonly merchantCode: string;
  readonly signature: string;
}

export interface ApiAnswer {
  readonly status: number;
  readonly body: Record<string, unknown>;
  /** Anything but `whole` withholds the body above, on purpose. */
  readonly delivery: Delivery;
  /** Set where the charge's notifications go out before the answer does. */
  readonly notifyFirst?: string;
}

/** Serves one request, whose path parameters come in the order of the path. @throws Refusal */
export type Serve = (desk: Desk, request: ApiRequest, first: string, second: string) => ApiAnswer;

/** An answer that nothing befalls. */
export function whole(status: number, body: Record<string, unknown>): ApiAnswer {
  return { status, body, delivery: 'whole' };
}
