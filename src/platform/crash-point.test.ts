import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

const MODULE = new URL('./crash-point.ts', import.meta.url).href;

/** Runs statements in a process of its own and says which points it survived. */
function run(statements: string): { readonly survived: string; readonly signal: string | null } {
  const program = `
    import { writeSync } from 'node:fs';
    import { armCrashPoint, crashPoint } from ${JSON.stringify(MODULE)};
    function pass(name) {
      crashPoint(name);
      writeSync(1, name + ' ');
    }
    ${statements}`;
  const { stdout, signal } = spawnSync(process.execPath, ['--input-type=module', '--eval', program]);
  return { survived: stdout.toString().trim(), signal };
}

test('a process with nothing armed passes every point', () => {
  expect(run(`pass('relay-committed'); pass('answer-kept');`)).toEqual({
    survived: 'relay-committed answer-kept',
    signal: null,
  });
});

test('an armed point kills at the passing it was armed for, before the next statement runs', () => {
  const passings = `pass('answer-kept'); pass('relay-committed'); pass('answer-kept'); pass('relay-committed');`;
  expect(
    run(`armCrashPoint('relay-committed', 2); process.on('exit', () => writeSync(1, 'exit')); ${passings}`),
  ).toEqual({
    survived: 'answer-kept relay-committed answer-kept',
    signal: 'SIGKILL',
  });
});
