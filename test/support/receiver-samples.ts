import { execFile, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const samplePath = (path: string) => fileURLToPath(new URL(`../../examples/receivers/${path}`, import.meta.url));

/** What each sample says of each vector. */
export type Verdicts = ReadonlyMap<string, { readonly verdict: string; readonly detail: string }>;

export interface Sample {
  readonly language: string;
  /** Answers where the language is on the machine. */
  readonly probe: readonly [string, ...string[]];
  /** Once, into a folder of the test's; what it gives back starts the sample. */
  prepare(folder: string): Promise<readonly [string, ...string[]]>;
  readonly serves: boolean;
}

export const SAMPLES: readonly Sample[] = [
  {
    language: 'Node',
    probe: [process.execPath, '--version'],
    prepare: async () => [process.execPath, samplePath('node/main.ts')],
    serves: true,
  },
  {
    language: 'Python',
    // Python has no AES of its own; the sample says so.
    probe: ['python3', '-c', 'import cryptography'],
    prepare: async () => ['python3', samplePath('python/receiver.py')],
    serves: true,
  },
  {
    language: 'Go',
    probe: ['go', 'version'],
    async prepare(folder) {
      const env = { ...process.env, GOTOOLCHAIN: 'local', GOPROXY: 'off', GOFLAGS: '' };
      await run('go', ['build', '-o', join(folder, 'receiver'), '.'], { cwd: samplePath('go'), env });
      return [join(folder, 'receiver')];
    },
    serves: true,
  },
  {
    language: 'Java',
    probe: ['javac', '--version'],
    async prepare(folder) {
      await run('javac', ['-encoding', 'UTF-8', '-d', folder, samplePath('java/Receiver.java')]);
      return ['java', '-cp', folder, 'Receiver'];
    },
    serves: true,
  },
  {
    language: 'PHP',
    probe: ['php', '--version'],
    prepare: async () => ['php', samplePath('php/receiver.php')],
    serves: false,
  },
  {
    language: 'Ruby',
    probe: ['ruby', '--version'],
    prepare: async () => ['ruby', samplePath('ruby/receiver.rb')],
    serves: false,
  },
  {
    language: 'C#',
    probe: ['dotnet', '--version'],
    async prepare(folder) {
      await run('dotnet', ['build', samplePath('csharp/Receiver.csproj'), '--output', folder, '--nologo']);
      return ['dotnet', join(folder, 'Receiver.dll')];
    },
    serves: false,
  },
];

export async function isHere([command, ...parameters]: Sample['probe']): Promise<boolean> {
  return run(command, parameters).then(
    () => true,
    () => false,
  );
}

/** Lets a sample judge a file of vectors. `code`: its exit code, 0 where it believed all of them. */
export async function judge(
  [command, ...parameters]: readonly [string, ...string[]],
  file: { readonly path: string; readonly content: unknown },
): Promise<{ readonly code: unknown; readonly verdicts: Verdicts }> {
  await writeFile(file.path, JSON.stringify(file.content));
  const { code, stdout } = await run(command, [...parameters, 'verify', file.path]).then(
    (done) => ({ code: 0, stdout: done.stdout }),
    (error: { code?: unknown; stdout?: string }) => ({ code: error.code, stdout: error.stdout ?? '' }),
  );
  const lines = stdout.split('\n').filter((line) => line !== '');
  const verdicts = lines
    .map((line) => line.split('\t'))
    .map(([verdict = '', name = '', detail = '']) => {
      return [name, { verdict, detail }] as const;
    });
  return { code, verdicts: new Map(verdicts) };
}

export interface ServingSample {
  readonly url: string;
  readonly lines: readonly string[];
  stop(): Promise<void>;
}

/** Starts a sample's receiver and waits until it says where it listens. */
export async function serveSample(
  [command, ...parameters]: readonly [string, ...string[]],
  environment: Readonly<Record<string, string>>,
): Promise<ServingSample> {
  const child = spawn(command, [...parameters, 'serve', '0'], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line);
      const [, address] = /^listening on (http:\S+)$/.exec(line) ?? [];
      if (address !== undefined) resolve(address);
    });
    child.once('exit', (code) => reject(new Error(`The sample ended with ${code}`)));
    child.once('error', reject);
  });
  return {
    url,
    lines,
    async stop() {
      child.kill();
      await exited;
    },
  };
}
