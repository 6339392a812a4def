import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import { systemClock } from '../../../kernel/clock.ts';
import { createOutboundHttp } from '../../../platform/outbound-http.ts';
import { createScantopayProvider } from '../scantopay-provider.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

let child: ChildProcess | undefined;
afterEach(async () => {
  if (child?.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
});

it('the simulator alone prints credentials that work, and ends when told to', async () => {
  child = spawn(process.execPath, [MAIN, '--port', '0'], { stdio: ['ignore', 'pipe', 'ignore'] });
  if (child.stdout === null) throw new Error('no output');
  const [line] = await once(createInterface(child.stdout), 'line');
  const provider = createScantopayProvider();
  const credentials = provider.credentials.parse(JSON.parse(line).credentials);
  const http = createOutboundHttp({ allowPrivateTargets: true, userAgent: 'scantopay-test' });
  const answer = await provider.checkCredentials({ mode: 'test', credentials, http, clock: systemClock });
  await http.close();
  expect(answer).toEqual({ kind: 'accepted' });
  child.kill('SIGTERM');
  await once(child, 'exit');
  expect(child.exitCode).toBe(0);
});

it.each([
  ['--port', 'abc'],
  ['--notification-key', 'short'],
  ['--notification-url', 'nowhere'],
])('%s %s is a usage error', async (name, value) => {
  child = spawn(process.execPath, [MAIN, name, value], { stdio: 'ignore' });
  await once(child, 'exit');
  expect(child.exitCode).toBe(2);
});
