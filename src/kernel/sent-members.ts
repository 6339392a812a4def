/** The members of a change that were sent: what was left out must not overwrite anything. */
export function sentMembers<Body extends object>(
  body: Body,
): { readonly [Key in keyof Body]: Exclude<Body[Key], undefined> } {
  const sent = Object.entries(body).filter(([, value]) => value !== undefined);
  return Object.fromEntries(sent) as { [Key in keyof Body]: Exclude<Body[Key], undefined> };
}
