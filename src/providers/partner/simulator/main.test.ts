import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
let child: ChildProcess | undefined;
afterEach(async () => {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
});

test('it starts alone, says with which merchant, and ends when told to', async () => {
  child = spawn(process.execPath, [MAIN, '--wire', 'bluecom'], { stdio: ['ignore', 'pipe', 'inherit'] });
  if (child.stdout === null) throw new Error('no output');
  const [line] = await once(createInterface(child.stdout), 'line');
  const ready = JSON.parse(line);
  expect(ready).toEqual({
    ...{ ready: true, profile: 'bluecom' },
    url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    merchantCode: expect.stringMatching(/^M[0-9A-F]{8}$/),
    secretKey: expect.stringMatching(/^[0-9a-f]{48}$/),
  });
  expect((await fetch(`${ready.url}/healthz`)).status).toBe(200);
  child.kill('SIGTERM');
  await once(child, 'exit');
  expect(child.exitCode).toBe(0);
});

test('a wire that nobody speaks is a usage error', async () => {
  child = spawn(process.execPath, [MAIN, '--wire', 'morse'], { stdio: 'ignore' });
  await once(child, 'exit');
  expect(child.exitCode).toBe(2);
});
