import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const BUILD = fileURLToPath(new URL('../../scripts/build-panel.ts', import.meta.url));

/** Builds the panel unless it is built as its sources are; before the installation starts, which reads it then. */
export async function buildPanel(): Promise<void> {
  await promisify(execFile)(process.execPath, [BUILD, '--required']);
}
