/** An address without what may open something: user, password, query and fragment. */
export function showAddress(text: string): string {
  const url = URL.parse(text);
  return url === null ? 'an address that cannot be read' : `${url.origin}${url.pathname}`;
}
