import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startLocalPostgres } from '../src/platform/embedded-postgres/start-local-postgres.ts';
import { createLogger } from '../src/platform/log.ts';
import { migrate } from '../src/platform/migrate.ts';
import { generatedFiles } from './generated-files.ts';

/** `npm run gen`: writes every generated file, from the code and from a database that is migrated for it. */
const root = fileURLToPath(new URL('..', import.meta.url));
const folder = await mkdtemp(join(tmpdir(), 'tollgate-gen-'));
const postgres = await startLocalPostgres({ dataDir: folder, log: createLogger({ level: 'error' }) });
try {
  await migrate(postgres.url);
  for (const [path, text] of await generatedFiles(postgres.url)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
    console.log(path);
  }
} finally {
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
}
