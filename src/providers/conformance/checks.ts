/** What a case says when it does not hold. */

/** The adapter does not keep the contract. */
export class NotConforming extends Error {
  override readonly name = 'NotConforming';
}

/** The double cannot bring about what the case is about. That is a gap of the double, and counts. */
export class NotStaged extends Error {
  override readonly name = 'NotStaged';
}

/** States what the contract demands. @throws NotConforming */
export function check(fact: unknown, otherwise: string): asserts fact {
  if (!fact) throw new NotConforming(otherwise);
}

/** Whether two values are the same, whatever the order of their members. @throws NotConforming with both of them */
export function checkSame(given: unknown, expected: unknown, what: string): void {
  const [is, ought] = [textOf(given), textOf(expected)];
  check(is === ought, `${what}: ${is}, where ${ought} was expected`);
}

/** The answer as the kind it must be. @throws NotConforming with the whole answer where it is another */
export function checkKind<Answer extends { readonly kind: string }, Kind extends Answer['kind']>(
  answer: Answer,
  kinds: Kind | readonly Kind[],
  what: string,
): Extract<Answer, { readonly kind: Kind }> {
  const wanted: readonly string[] = typeof kinds === 'string' ? [kinds] : kinds;
  check(wanted.includes(answer.kind), `${what}: ${textOf(answer)}, where ${wanted.join(' or ')} was expected`);
  return answer as Extract<Answer, { readonly kind: Kind }>;
}

/** What the double must be able to do for the case. @throws NotStaged */
export function staged<T>(ability: T | undefined, what: string): T {
  if (ability === undefined) throw new NotStaged(`the double cannot ${what}`);
  return ability;
}

/** Any value as one line: amounts and instants readable, members in the order of their names. */
export function textOf(value: unknown): string {
  return (
    JSON.stringify(value, (_name, each: unknown) => {
      if (typeof each === 'bigint') return `${each}n`;
      if (each instanceof Uint8Array) return Buffer.from(each).toString();
      if (typeof each !== 'object' || each === null || Array.isArray(each)) return each;
      return Object.fromEntries(Object.entries(each).sort(([left], [right]) => (left < right ? -1 : 1)));
    }) ?? 'undefined'
  );
}
