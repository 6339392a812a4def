/** A number with its noun; English and German have one form for one and another for all else. */
export function countOf(count: number, singular: string, plural: string): string {
  return `${count} ${count === 1 ? singular : plural}`;
}
