const KEY = 'tollgate.way-back';

/** Remembers, over the visit to the identity provider, where somebody wanted to go; in this window alone. */
export function keepWayBack(to: string | undefined): void {
  if (to === undefined) sessionStorage.removeItem(KEY);
  else sessionStorage.setItem(KEY, to);
}

/** Where they wanted to go, once. */
export function takeWayBack(): string | undefined {
  const to = sessionStorage.getItem(KEY) ?? undefined;
  sessionStorage.removeItem(KEY);
  return to;
}
