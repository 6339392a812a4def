import { describe, expect, it } from 'vitest';
import { browserSafety, doors } from './doors.ts';

describe('doors', () => {
  it.each([
    ['src/payments/create-payment.ts', 'undici'],
    ['src/providers/stripe/adapter.ts', 'node:https'],
    ['src/payments/store.ts', 'pg'],
    ['src/roles/api.ts', 'node:child_process'],
  ])('%s may not open %s', (path, specifier) => {
    expect(doors([{ path, text: `import { a } from '${specifier}';` }])).toHaveLength(1);
  });

  it('are open to platform, and types pass everywhere', () => {
    expect(doors([{ path: 'src/platform/outbound-http.ts', text: "import { Agent } from 'undici';" }])).toEqual([]);
    expect(doors([{ path: 'src/payments/store.ts', text: "import type { Pool } from 'pg';" }])).toEqual([]);
    expect(doors([{ path: 'src/payments/store.ts', text: "import { type Pool } from 'pg';" }])).toEqual([]);
  });
});

describe('browser safety', () => {
  const page = { path: 'web/checkout/main.ts', text: "import { a } from '../../src/kernel/id.ts';" };
  const id = { path: 'src/kernel/id.ts', text: "import { randomBytes } from 'node:crypto';" };

  it('follows imports from pages into src', () => {
    expect(browserSafety([page, id])).toMatchObject([{ path: 'src/kernel/id.ts', line: 1 }]);
  });

  it('does not mind what only the server imports, nor types', () => {
    expect(browserSafety([id])).toEqual([]);
    expect(browserSafety([{ ...page, text: page.text.replace('import', 'import type') }, id])).toEqual([]);
  });
});
