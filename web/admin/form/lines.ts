/** One thing a line (or between commas), as people type lists; empty ones are passed over. */
export function linesOf(text: string): readonly string[] {
  return text.split(/[\n,]/).flatMap((part) => (part.trim() === '' ? [] : [part.trim()]));
}

/** What was typed into a field that may be left empty. */
export function textOrNull(text: string): string | null {
  return text.trim() === '' ? null : text.trim();
}

/** The members that somebody has filled in; a new thing is made of these alone. */
export function given<Value extends object>(values: Value): { [Name in keyof Value]?: NonNullable<Value[Name]> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== undefined)) as {
    [Name in keyof Value]?: NonNullable<Value[Name]>;
  };
}
