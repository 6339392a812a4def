import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

let child: ChildProcess | null = null;
afterEach(async () => {
  if (child === null || child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
});

test('the simulator starts alone, says where, and ends when told to', async () => {
  child = spawn(process.execPath, [MAIN], { stdio: ['ignore', 'pipe', 'inherit'] });
  if (child.stdout === null) throw new Error('no output');
  const [line] = await once(createInterface(child.stdout), 'line');
  const { ready, url } = JSON.parse(line);
  expect([ready, new URL(url).hostname]).toEqual([true, '127.0.0.1']);
  const headers = { authorization: `Bearer sk_test_${'1'.repeat(24)}` };
  expect((await fetch(`${url}/v1/balance`, { headers })).status).toBe(200);
  child.kill('SIGTERM');
  const [code] = await once(child, 'exit');
  expect(code).toBe(0);
});

test('a port that is none is a usage error', async () => {
  child = spawn(process.execPath, [MAIN, '--port', '70000'], { stdio: 'ignore' });
  const [code] = await once(child, 'exit');
  expect(code).toBe(2);
});
