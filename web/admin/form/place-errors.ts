import { ApiProblem } from '../api/problem.ts';

interface PlacedError<Name extends string> {
  readonly name: Name;
  readonly message: string;
}

/**
 * The fields whose rules were broken, by the pointers of a refusal: `/amounts/EUR/max` belongs to the field `amounts`
 * where none lies deeper. Empty where the refusal is about no field of the form.
 */
export function placeErrors<Name extends string>(error: unknown, names: readonly Name[]): readonly PlacedError<Name>[] {
  if (!(error instanceof ApiProblem)) return [];
  const byName = new Map<Name, string>();
  for (const { pointer, detail } of error.errors) {
    const name = fieldOf(pointer, names);
    if (name !== null) byName.set(name, [byName.get(name), detail].filter(Boolean).join(' '));
  }
  return [...byName].map(([name, message]) => ({ name, message }));
}

function fieldOf<Name extends string>(pointer: string, names: readonly Name[]): Name | null {
  const path = pointer.replace(/^\//, '').replaceAll('/', '.');
  const holding = names.filter((name) => path === name || path.startsWith(`${name}.`));
  return holding.toSorted((one, other) => other.length - one.length)[0] ?? null;
}
