type Values = { readonly ok: true; readonly object: Readonly<Record<string, unknown>> | null } | { readonly ok: false };

/** What somebody typed as JSON: the members that replace those of a sample; null where they typed nothing. */
export function readValues(text: string): Values {
  if (text === '') return { ok: true, object: null };
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? { ok: true, object: value as Record<string, unknown> } : { ok: false };
  } catch {
    return { ok: false };
  }
}
