/** Knows which methods an address takes, since the router answers only for the method that was asked. */
export class RouteTable {
  readonly #routes: { readonly method: string; readonly segments: readonly string[] }[] = [];

  add(methods: string | readonly string[], pattern: string): void {
    const segments = pattern.split('/');
    for (const method of typeof methods === 'string' ? [methods] : methods) this.#routes.push({ method, segments });
  }

  /** Linear in the number of routes, which is fine for requests that are refused anyway. */
  methodsAt(path: string): readonly string[] {
    const segments = path.split('/');
    const matching = this.#routes.filter((route) => matches(route.segments, segments));
    return [...new Set(matching.map(({ method }) => method))].sort();
  }
}

function matches(pattern: readonly string[], segments: readonly string[]): boolean {
  for (const [index, part] of pattern.entries()) {
    if (part === '*') return true;
    const segment = segments[index];
    if (segment === undefined) return false;
    if (!part.startsWith(':') && segment !== part) return false;
  }
  return pattern.length === segments.length;
}
