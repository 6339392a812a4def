import { present } from '../../kernel/assert.ts';
import type { DialectKey } from './dialect.ts';

type TextKey = Extract<DialectKey, { readonly text: string }>;

/** The keys of one kind that are valid now, the newest first. */
export function keysOfKind(keys: readonly DialectKey[], kind: TextKey['kind']): readonly TextKey[] {
  return keys.filter((key): key is TextKey => key.kind === kind);
}

/** Their texts. */
export function textsOf(keys: readonly DialectKey[], kind: TextKey['kind']): readonly string[] {
  return keysOfKind(keys, kind).map(({ text }) => text);
}

/**
 * The key to use where only one can be: the old one until its overlap ends. A receiver that has not changed yet knows no
 * other, one that has keeps both.
 * @throws AssertionFailed where there is none
 */
export function oldestOfKind(keys: readonly DialectKey[], kind: TextKey['kind']): TextKey {
  return present(keysOfKind(keys, kind).at(-1), `a key of the kind ${kind}`);
}
