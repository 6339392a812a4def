/** Thrown when the program itself is wrong; never caused by input. */
export class AssertionFailed extends Error {
  override readonly name = 'AssertionFailed';
}

/**
 * States a fact the program relies on. Left on in production: a broken money invariant must stop the work at hand.
 * @throws AssertionFailed with the message
 */
export function assert(fact: unknown, message: string): asserts fact {
  if (!fact) throw new AssertionFailed(message);
}

/** The value, or AssertionFailed where it is missing although the program's own logic put it there. */
export function present<T>(value: T | null | undefined, what: string): T {
  assert(value !== null && value !== undefined, `${what} is missing`);
  return value;
}

/** Makes the compiler check that every member of a union was handled. */
export function unreachable(value: never): never {
  throw new AssertionFailed(`Unhandled case: ${JSON.stringify(value)}`);
}
