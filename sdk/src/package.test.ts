import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const repositoryFile = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const COMPILER = repositoryFile('node_modules/.bin/tsc');

/** As somebody writes it who installed the package and has neither our settings nor the types of Node. */
const CONSUMER = `
import { type CreatedPayment, Tollgate, TollgateError, verifyWebhook, WebhookVerificationError } from '@tollgate/sdk';

const tollgate = new Tollgate({ baseUrl: 'http://127.0.0.1:8080', apiKey: 'sk_test_1' });
export const create = (): Promise<CreatedPayment> => tollgate.payments.create({ reference: 'a', amount: 1 });
export async function read(body: string): Promise<number> {
  const event = await verifyWebhook({ body, headers: new Headers(), secret: '' });
  return event.type === 'payment.succeeded' ? event.data.object.amountCaptured : 0;
}
// @ts-expect-error an amount is no text
export const wrong = () => tollgate.payments.create({ reference: 'a', amount: '1' });
export const errors = [TollgateError, WebhookVerificationError];
`;

describe('the published package', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tollgate-sdk-'));
    const installed = join(folder, 'node_modules', '@tollgate', 'sdk');
    await mkdir(installed, { recursive: true });
    await run(COMPILER, ['--project', repositoryFile('sdk/tsconfig.json'), '--outDir', join(installed, 'dist')]);
    await copyFile(repositoryFile('sdk/package.json'), join(installed, 'package.json'));
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('has types that stand by themselves', async () => {
    const compilerOptions = { module: 'nodenext', target: 'es2022', strict: true, noEmit: true, types: [] };
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
    await writeFile(join(folder, 'consumer.ts'), CONSUMER);
    const complaint = await run(COMPILER, ['--project', folder]).then(
      () => '',
      (error: { stdout?: string }) => error.stdout || String(error),
    );
    expect(complaint).toBe('');
  });

  it('is plain JavaScript that runs without anything else installed', async () => {
    const script =
      "import { verifyWebhook } from '@tollgate/sdk'; await verifyWebhook({ body: '', headers: {}, secret: '' });";
    await writeFile(join(folder, 'script.js'), script);
    await expect(run(process.execPath, [join(folder, 'script.js')])).rejects.toMatchObject({
      stderr: expect.stringContaining("reason: 'bad_secret'"),
    });
  });
});
