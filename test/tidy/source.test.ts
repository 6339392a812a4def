import { expect, it } from 'vitest';
import { describeFindings, lineAt } from './source.ts';
import { importsOf } from './syntax.ts';

it('lines are counted from 1', () => {
  expect(['a', 'b', 'c'].map((letter) => lineAt('a\nb\nc', 'a\nb\nc'.indexOf(letter)))).toEqual([1, 2, 3]);
});

it('letters outside ASCII do not shift the lines of a parsed file', () => {
  const text = "const smile = '😀😀😀😀ééé';\nimport { a } from './a.ts';\n";
  expect(importsOf({ path: 'src/a.ts', text })).toEqual([{ specifier: './a.ts', line: 2, typeOnly: false }]);
});

it('a finding reads as file, line, rule and what to do', () => {
  expect(describeFindings([{ path: 'src/a.ts', line: 7, rule: 'bans', message: 'take a Clock' }])).toEqual([
    'src/a.ts:7 [bans] take a Clock',
  ]);
});
