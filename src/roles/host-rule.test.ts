import { expect, test } from 'vitest';
import { ENDPOINTS } from './declarations.ts';
import { roleOfPath } from './host-rule.ts';

test('every declared address belongs to the role that serves it', () => {
  for (const { id, path, access } of ENDPOINTS) {
    const role = access.by === 'checkoutToken' ? 'checkout' : 'api';
    expect([id, roleOfPath(path)]).toEqual([id, role]);
  }
});
