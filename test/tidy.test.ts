import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { bans } from './tidy/bans.ts';
import { docstrings } from './tidy/docstrings.ts';
import { documentLinks, documentTitles } from './tidy/documents.ts';
import { browserSafety, doors } from './tidy/doors.ts';
import { EXCEPTIONS, settle } from './tidy/exceptions.ts';
import { folderDirection } from './tidy/layers.ts';
import { migrationClock, migrationNumbers, tenantKeys } from './tidy/migrations.ts';
import { defaultExports, fileNames } from './tidy/names.ts';
import { dependencyDecisions, exactVersions, lockFile } from './tidy/packages.ts';
import { readRepository } from './tidy/repository.ts';
import { scopes } from './tidy/scopes.ts';
import { fileLength, functionLength } from './tidy/size.ts';
import { findCycle, SLICES } from './tidy/slices.ts';
import { describeFindings, type Rule, type SourceFile } from './tidy/source.ts';
import { wording } from './tidy/wording.ts';

/** Each is seen failing on a bad sample in the test beside it. */
const RULES: readonly (readonly [fact: string, name: string, rule: Rule])[] = [
  ['folders import downwards only', 'folder-direction', folderDirection],
  ['sockets, processes and the driver are opened in platform only', 'doors', doors],
  ['pages import nothing that only a server has', 'browser-safety', browserSafety],
  ['clocks, timers, chance and the environment each have one place', 'bans', bans],
  ['files are at most 300 lines', 'file-length', fileLength],
  ['functions are at most 70 lines', 'function-length', functionLength],
  ['names of files and folders say what is inside', 'file-names', fileNames],
  ['nothing is exported as default', 'default-exports', defaultExports],
  ['exported functions say what they do', 'docstrings', docstrings],
  ['texts speak of the product only', 'wording', wording],
  ['migrations are numbered without gaps', 'migration-numbers', migrationNumbers],
  ['tables are keyed by tenant', 'tenant-keys', tenantKeys],
  ['rows of every tenant are read in listed places alone', 'scopes', scopes],
  ['migrations have no clock', 'migration-clock', migrationClock],
  ['documents have one title', 'document-titles', documentTitles],
  ['links between documents lead somewhere', 'document-links', documentLinks],
  ['versions are exact', 'exact-versions', exactVersions],
  ['the lock file holds for every registry and platform', 'lock-file', lockFile],
  ['every runtime dependency was decided on', 'dependency-decisions', dependencyDecisions],
];

describe('the repository', () => {
  let files: readonly SourceFile[];

  beforeAll(async () => {
    files = await readRepository(fileURLToPath(new URL('..', import.meta.url)));
  });

  it('was read', () => {
    const paths = files.map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(['package.json', 'src/kernel/money.ts', 'test/tidy.test.ts']));
  });

  it.each(RULES)('%s', (_fact, name, rule) => {
    expect(describeFindings(settle(rule(files), name, EXCEPTIONS))).toEqual([]);
  });

  it('excuses only what a rule found, with a reason', () => {
    const names = RULES.map(([, name]) => name);
    expect(EXCEPTIONS.filter(({ rule, reason }) => !names.includes(rule) || reason === '')).toEqual([]);
  });

  it('has slices that see each other without a cycle', () => {
    const sees = Object.fromEntries(Object.entries(SLICES).map(([name, slice]) => [name, slice.sees]));
    expect(findCycle(sees)).toBeNull();
    const unknown = Object.values(sees)
      .flat()
      .filter((name) => !(name in SLICES));
    expect(unknown).toEqual([]);
  });
});
