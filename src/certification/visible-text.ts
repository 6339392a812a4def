/** Characters that a reader would not see, or that would turn, hide or reorder what stands around them. */
const HIDDEN = /[^\P{C}\n\t]|[\u{2028}\u{2029}]/gu;

/** A stranger's text with everything invisible in it written out, such as `\u{202e}`; line breaks and tabs stay. */
export function visible(text: string): string {
  return text.replace(HIDDEN, (character) => `\\u{${character.codePointAt(0)?.toString(16) ?? ''}}`);
}
