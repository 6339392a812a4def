import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

let child: ChildProcess;
afterEach(() => {
  if (child.exitCode === null) child.kill('SIGKILL');
});

function start(...args: string[]): ChildProcess {
  child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
  return child;
}

test('the simulator starts by itself, says where it listens, and ends when told to', async () => {
  const { stdout } = start('--user', 'API_2', '--password', 'password');
  if (stdout === null) throw new Error('no output');
  const [line] = await once(createInterface(stdout), 'line');
  const { ready, url } = JSON.parse(line);
  expect(ready).toBe(true);
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  const authorization = `Basic ${Buffer.from('API_2:password').toString('base64')}`;
  const headers = { authorization };
  const answer = await fetch(`${url}/services/2/payment-fields-tokens`, { method: 'POST', headers });
  expect(answer.status).toBe(201);
  child.kill('SIGTERM');
  const [code] = await once(child, 'exit');
  expect(code).toBe(0);
});

test.each([
  [['--port', 'x']],
  [['--port', '70000']],
  [['--notify-url', 'nowhere']],
  [['--notify-url', 'https://shop.example/ipn', '--notify-origin', 'https://other.example']],
])('%j is a usage error', async (args) => {
  const [code] = await once(start(...args), 'exit');
  expect(code).toBe(2);
});
