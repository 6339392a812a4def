import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { generatedFiles } from '../scripts/generated-files.ts';
import { createTestDatabase } from './support/database.ts';

test('every generated file is fresh; `npm run gen` makes it so', async () => {
  const database = await createTestDatabase();
  try {
    for (const [path, text] of await generatedFiles(database.url)) {
      const committed = await readFile(new URL(`../${path}`, import.meta.url), 'utf8').catch(() => '');
      expect(committed === text, `${path} is stale`).toBe(true);
    }
  } finally {
    await database.drop();
  }
});
