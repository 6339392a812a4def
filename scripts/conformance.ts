/**
 * `npm run conformance [-- --json] [-- --adapter stripe]`: holds every adapter to the provider contract, against its
 * simulator on loopback. Exit code 1 where a case fails or could not be staged, 2 for an adapter that does not exist.
 */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { DOUBLES } from '../src/providers/conformance/doubles.ts';
import { isConforming, renderConformanceText } from '../src/providers/conformance/report.ts';
import { CONFORMANCE_CASES, runConformance } from '../src/providers/conformance/run-conformance.ts';

const { values } = parseArgs({ options: { json: { type: 'boolean', default: false }, adapter: { type: 'string' } } });
const kinds = DOUBLES.filter(({ name }) => values.adapter === undefined || name === values.adapter);
if (kinds.length === 0) {
  console.error(`There is no adapter of this name; there are ${DOUBLES.map(({ name }) => name).join(', ')}.`);
  process.exit(2);
}
const results = await runConformance(kinds);
if (values.json) {
  const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));
  console.log(
    JSON.stringify(
      results.map((result) => ({ version, ...result })),
      null,
      2,
    ),
  );
} else {
  const adapters = kinds.map(({ name }) => name);
  process.stdout.write(renderConformanceText({ adapters, cases: CONFORMANCE_CASES, results }));
}
process.exitCode = isConforming(results) ? 0 : 1;
