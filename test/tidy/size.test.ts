import { describe, expect, it } from 'vitest';
import { fileLength, functionLength } from './size.ts';

const lines = (count: number) => 'step();\n'.repeat(count);

describe('file length', () => {
  it('is at most 300 lines', () => {
    expect(fileLength([{ path: 'src/payments/store.ts', text: lines(300) }])).toEqual([]);
    expect(fileLength([{ path: 'src/payments/store.ts', text: lines(301) }])).toMatchObject([{ line: 301 }]);
  });

  it('is not measured where a program writes the file', () => {
    expect(fileLength([{ path: 'src/platform/tables.generated.ts', text: lines(301) }])).toEqual([]);
    expect(fileLength([{ path: 'docs/errors.md', text: lines(301) }])).toEqual([]);
  });
});

describe('function length', () => {
  it.each([
    ['a function', 'export async function pay() {\n', '}'],
    ['an arrow', 'export const pay = () => {\n', '};'],
    ['a method', 'class Payer { pay() {\n', '} }'],
  ])('of %s is at most 70 lines', (_what, opening, closing) => {
    const sample = (count: number) => ({
      path: 'src/payments/pay.ts',
      text: `${opening}${lines(count - 2)}${closing}`,
    });
    expect(functionLength([sample(70)])).toEqual([]);
    expect(functionLength([sample(71)])).toMatchObject([{ line: 1, message: expect.stringContaining('71 lines') }]);
  });

  it('does not count braces in strings and templates as code', () => {
    const text = `function a() { return '{'; }\n${lines(80)}function b() { return \`\${'}'}{\`; }`;
    expect(functionLength([{ path: 'src/payments/pay.ts', text }])).toEqual([]);
  });

  it('is not measured in tests, whose suites are lists', () => {
    const text = `describe('pay', () => {\n${lines(100)}});`;
    expect(functionLength([{ path: 'src/payments/pay.test.ts', text }])).toEqual([]);
  });
});
