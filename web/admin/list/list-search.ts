/** The filters of a list and where in it somebody is, as the address has them. */
export type ListSearch<Name extends string> = { readonly [Key in Name | 'cursor']?: string };

/** Reads an address: known names with a text, and nothing else. Numbers were texts before the address was read. */
export function listSearch<Name extends string>(names: readonly Name[]) {
  return (search: Readonly<Record<string, unknown>>): ListSearch<Name> => {
    const known = [...names, 'cursor'].flatMap((name) => {
      const value = search[name];
      const text = typeof value === 'number' ? String(value) : value;
      return typeof text === 'string' && text !== '' ? [[name, text] as const] : [];
    });
    return Object.fromEntries(known) as ListSearch<Name>;
  };
}
