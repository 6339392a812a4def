import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { type Browser, chromium, type Page } from 'playwright-core';

const require = createRequire(import.meta.url);
const run = promisify(execFile);

/** Below node_modules: ours alone (unlike the shared temporary directory), and gone with the next `npm ci`. */
const CACHE = fileURLToPath(new URL('../../node_modules/.cache/tollgate-chromium/', import.meta.url));

/** Unpacking takes seconds; an older staging directory was left by a run that was killed. */
const STAGING_AGE_MAX_MS = 10 * 60_000;

const UNPACK_TIMEOUT_MS = 120_000;

/** Loopback by name and address, and `*.test` for custom domains; nothing else resolves. */
const RESOLVER_RULES = 'MAP *.test 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1, EXCLUDE [::1]';

/** A browser that can be started, and what has to stand in its environment. */
interface Installation {
  readonly executablePath: string;
  readonly environment: Readonly<Record<string, string>>;
}

export interface PageOptions {
  readonly width?: number;
  readonly height?: number;
  readonly colorScheme?: 'light' | 'dark';
  readonly javaScriptEnabled?: boolean;
  /** Frames of another site neither read nor write cookies, as in Safari. */
  readonly blockThirdPartyCookies?: boolean;
}

/**
 * Starts a headless Chromium: the one `TOLLGATE_TEST_CHROMIUM` names, else the one that came with `npm ci`.
 * No page in it can reach beyond loopback. The caller closes it.
 */
export async function openBrowser(): Promise<Browser> {
  const { executablePath, environment } = await findChromium();
  return chromium.launch({
    executablePath,
    // It refuses to start as root and in many containers; the pages are our own, and the network is out of reach.
    chromiumSandbox: false,
    // Not the flags the package recommends: those switch the same-origin policy off, which we are here to test.
    args: [`--host-resolver-rules=${RESOLVER_RULES}`],
    env: { ...process.env, ...environment },
  });
}

/** A page with its own cookies and cache; a phone's 360 × 640 unless told otherwise. Closes with its browser. */
export async function openPage(browser: Browser, options: PageOptions = {}): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 360, height: options.height ?? 640 },
    colorScheme: options.colorScheme ?? 'light',
    javaScriptEnabled: options.javaScriptEnabled ?? true,
    locale: 'en-US',
    timezoneId: 'UTC',
  });
  const page = await context.newPage();
  if (options.blockThirdPartyCookies) {
    const devtools = await context.newCDPSession(page);
    // https://chromedevtools.github.io/devtools-protocol/tot/Network/#method-setCookieControls
    await devtools.send('Network.enable');
    await devtools.send('Network.setCookieControls', { enableThirdPartyCookieRestriction: true });
  }
  return page;
}

async function findChromium(): Promise<Installation> {
  const named = process.env.TOLLGATE_TEST_CHROMIUM;
  if (named) {
    if (!existsSync(named)) throw new Error('TOLLGATE_TEST_CHROMIUM names a file that does not exist');
    return { executablePath: named, environment: {} };
  }
  // The package carries Linux x64 binaries only: https://github.com/Sparticuz/chromium#can-i-use-arm-or-graviton-instances
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error('The browser from npm runs on Linux x64 only: set TOLLGATE_TEST_CHROMIUM to a Chromium or Chrome');
  }
  return unpackChromium(CACHE);
}

/**
 * The browser from npm, unpacked below `cache` the first time. Phases: unpack into a staging directory of our own;
 * rename it, so that what stands under the final name is always whole, however many processes start at once.
 */
export async function unpackChromium(cache: string): Promise<Installation> {
  const entryPoint = require.resolve('@sparticuz/chromium');
  const { version } = JSON.parse(await readFile(join(dirname(entryPoint), '..', 'package.json'), 'utf8'));
  const home = join(cache, String(version));
  const installation: Installation = {
    executablePath: join(home, 'chromium'),
    environment: { FONTCONFIG_PATH: join(home, 'fonts'), LD_LIBRARY_PATH: join(home, 'al2023', 'lib') },
  };
  if (existsSync(home)) return installation;

  await mkdir(cache, { recursive: true });
  await removeAbandoned(cache);
  const staging = join(cache, `staging-${randomUUID()}`);
  await mkdir(staging);
  try {
    await unpackInto(staging, entryPoint);
    await writeFile(join(staging, 'fonts', 'fonts.conf'), fontConfiguration(home));
    await rename(staging, home).catch((error: NodeJS.ErrnoException) => {
      // Another process was first; its copy is as good as ours.
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  return installation;
}

/**
 * The package unpacks into the temporary directory and takes any file it finds there for its own, half of one too.
 * So it does its work in a process whose temporary directory is ours. Claiming to be Lambda makes it unpack
 * the shared libraries (NSS) that a bare machine lacks.
 */
async function unpackInto(staging: string, entryPoint: string): Promise<void> {
  const script = 'const { default: chromium } = await import(process.argv[1]); await chromium.executablePath();';
  await run(process.execPath, ['--input-type=module', '--eval', script, pathToFileURL(entryPoint).href], {
    env: { TMPDIR: staging, AWS_LAMBDA_JS_RUNTIME: 'nodejs22.x' },
    timeout: UNPACK_TIMEOUT_MS,
  });
}

/** The package's own names Lambda's paths. Without the system's fonts a screenshot is the same on every machine. */
function fontConfiguration(home: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${join(home, 'fonts', 'fonts')}</dir><cachedir>${join(home, 'fonts', 'cache')}</cachedir></fontconfig>
`;
}

async function removeAbandoned(cache: string): Promise<void> {
  for (const name of await readdir(cache)) {
    if (!name.startsWith('staging-')) continue;
    const path = join(cache, name);
    const made = await stat(path).catch(() => null);
    if (made && Date.now() - made.mtimeMs > STAGING_AGE_MAX_MS) await rm(path, { recursive: true, force: true });
  }
}
