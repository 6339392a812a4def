import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startTemporaryPostgres } from '../src/platform/embedded-postgres/start-temporary-postgres.ts';
import { migrate } from '../src/platform/migrate.ts';
import { generatedFiles } from './generated-files.ts';

/** `npm run gen`: writes every generated file, from the code and from a database that is migrated for it. */
const root = fileURLToPath(new URL('..', import.meta.url));
const postgres = await startTemporaryPostgres('gen');
try {
  await migrate(postgres.url);
  for (const [path, text] of await generatedFiles(postgres.url)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
    console.log(path);
  }
} finally {
  await postgres.stop();
}
