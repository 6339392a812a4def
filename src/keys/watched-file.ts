import { readFile, stat } from 'node:fs/promises';
import { MasterKeyUnavailable } from './master-key.ts';

/**
 * Reads a file that somebody else renews: again when it was changed or replaced, the content from before otherwise.
 * @throws MasterKeyUnavailable (from the returned function) where it cannot be read
 */
export function watchedFile(path: string, what: string): () => Promise<string> {
  let known: { readonly mark: string; readonly text: string } | null = null;
  return async () => {
    try {
      const { mtimeNs, ino, size } = await stat(path, { bigint: true });
      const mark = `${mtimeNs} ${ino} ${size}`;
      if (known?.mark !== mark) known = { mark, text: await readFile(path, 'utf8') };
      return known.text;
    } catch {
      throw new MasterKeyUnavailable(`${what} cannot be read from its file`);
    }
  };
}
