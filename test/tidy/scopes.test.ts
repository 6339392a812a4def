import { describe, expect, it } from 'vitest';
import { scopes } from './scopes.ts';

const listed = { 'src/things/jobs.ts': { sweep: 'things are anybody’s' } };
const jobs = { path: 'src/things/jobs.ts', text: `forInstallation('sweep', () => find(db));` };

describe('scopes', () => {
  it('lets listed places read the rows of every tenant', () => {
    expect(scopes([jobs], listed)).toEqual([]);
  });

  it.each([
    ['another place', 'src/things/store.ts', `forInstallation('sweep', () => 1)`],
    ['other work at a listed place', 'src/things/jobs.ts', `forInstallation('sweep', a); forInstallation('keys', b)`],
    ['work by a name that is not written out', 'bin/commands/things.ts', 'forInstallation(\n  work, () => 1)'],
  ])('finds %s', (_, path, text) => {
    expect(scopes([jobs, { path, text }], listed)).toMatchObject([{ path, rule: 'scopes' }]);
  });

  it('minds neither tests nor the definition', () => {
    const text = `forInstallation('keys', () => 1)`;
    const free = ['src/things/jobs.test.ts', 'src/platform/tenant-scope.ts'].map((path) => ({ path, text }));
    expect(scopes([jobs, ...free], listed)).toEqual([]);
  });

  it('finds what is listed and not done any more', () => {
    expect(scopes([], listed)).toMatchObject([{ message: expect.stringContaining('src/things/jobs.ts') }]);
  });
});
