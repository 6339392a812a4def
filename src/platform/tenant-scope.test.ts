import { describe, expect, test } from 'vitest';
import {
  admitTenant,
  alsoForTenants,
  currentScope,
  forInstallation,
  forScopes,
  forTenants,
  openRequestScope,
  scopeText,
} from './tenant-scope.ts';

describe('what the database is told', () => {
  test('is nothing outside of any scope', () => {
    expect(scopeText()).toBe('');
  });

  test('is the tenants that are named, and within that those that are named there alone', () => {
    forTenants(['ten_1', 'ten_2', 'ten_1'], () => {
      expect(scopeText()).toBe('ten_1,ten_2');
      forTenants(['ten_3'], () => expect(scopeText()).toBe('ten_3'));
      alsoForTenants(['ten_3'], () => expect(scopeText()).toBe('ten_1,ten_2,ten_3'));
      expect(scopeText()).toBe('ten_1,ten_2');
    });
    expect(scopeText()).toBe('');
  });

  test('is the work of the installation, with what it has of its own where it writes that', () => {
    expect(forInstallation('lanes', scopeText)).toBe('*lanes');
    expect(forInstallation('operator', scopeText)).toBe('*operator,system');
    forInstallation('operator', () => {
      expect(alsoForTenants(['ten_1'], scopeText)).toBe('*operator,system,ten_1');
      expect(forTenants(['ten_1'], scopeText)).toBe('ten_1');
    });
  });

  test.each(['ten_1,ten_2', '*operator', '', 'ten 1'])('is never a name that says more than one tenant: %j', (name) => {
    expect(() => forTenants([name], scopeText)).toThrow('one word');
    expect(() => openRequestScope().add(name)).toThrow('one word');
    expect(() => openRequestScope().become({ tenantId: name })).toThrow('one word');
    forTenants(['ten_1'], () => expect(() => admitTenant(name)).toThrow('one word'));
  });
});

describe('the scope of a request', () => {
  test('is nobody’s until it is known who asks, and then exactly theirs', async () => {
    const scope = openRequestScope();
    await scope.run(async () => {
      expect(scopeText()).toBe('');
      admitTenant('ten_1');
      expect(scopeText()).toBe('ten_1');
      await Promise.resolve();
      scope.become({ tenantId: 'ten_2' });
      expect(scopeText()).toBe('ten_2');
      scope.become({ work: 'people' });
      expect(scopeText()).toBe('*people,system');
    });
    expect(scopeText()).toBe('');
  });

  test('is no other request’s', () => {
    const [one, other] = [openRequestScope(), openRequestScope()];
    one.run(() => admitTenant('ten_1'));
    expect(other.run(scopeText)).toBe('');
    expect(one.run(scopeText)).toBe('ten_1');
  });

  test('admits nobody where nothing runs in a scope', () => {
    admitTenant('ten_1');
    expect(scopeText()).toBe('');
  });
});

describe('what is done together for several', () => {
  const asked = (...tenants: string[]) => forTenants(tenants, currentScope);

  test('may touch the rows of all of them, whoever happens to do it', () => {
    forTenants(['ten_9'], () => {
      expect(forScopes([asked('ten_1'), asked('ten_2')], scopeText)).toBe('ten_1,ten_2');
      expect(forScopes([asked('ten_1')], scopeText)).toBe('ten_1');
      expect(forScopes([undefined], scopeText)).toBe('');
      expect(forScopes([undefined, asked('ten_1')], scopeText)).toBe('ten_1');
    });
  });

  test('is not work of the installation of two kinds', () => {
    const [lanes, keys] = [forInstallation('lanes', currentScope), forInstallation('keys', currentScope)];
    expect(forScopes([lanes, asked('ten_1')], scopeText)).toBe('*lanes,ten_1');
    expect(() => forScopes([lanes, keys], scopeText)).toThrow('two kinds');
  });
});
