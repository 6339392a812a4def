import { describe, expect, it } from 'vitest';
import { defaultExports, fileNames } from './names.ts';

describe('names of files', () => {
  it.each([
    ['src/utils/round.ts'],
    ['src/payments/helpers/round.ts'],
    ['src/common/round.ts'],
    ['web/lib/round.ts'],
    ['src/payments/types.ts'],
    ['src/payments/index.ts'],
    ['src/payments/createPayment.ts'],
    ['src/payments/Payment.ts'],
  ])('are not %s', (path) => {
    expect(fileNames([{ path, text: '' }])).toHaveLength(1);
  });

  it.each([['src/payments/create-payment.ts'], ['src/payments/create-payment.test.ts'], ['openapi/v1.json']])(
    'may be %s',
    (path) => {
      expect(fileNames([{ path, text: '' }])).toEqual([]);
    },
  );
});

describe('default exports', () => {
  it.each([['export default function pay() {}'], ['const pay = 1;\nexport { pay as default };']])(
    'are found: %s',
    (text) => {
      expect(defaultExports([{ path: 'src/payments/pay.ts', text }])).toHaveLength(1);
    },
  );

  it('are left to the settings of tools, which ask for them', () => {
    expect(defaultExports([{ path: 'vitest.config.ts', text: 'export default {};' }])).toEqual([]);
    expect(defaultExports([{ path: 'src/payments/pay.ts', text: 'export const pay = 1;' }])).toEqual([]);
  });
});
