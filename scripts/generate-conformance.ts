import { DOUBLES } from '../src/providers/conformance/doubles.ts';
import { renderConformanceMarkdown } from '../src/providers/conformance/report.ts';
import { CONFORMANCE_CASES, planConformance } from '../src/providers/conformance/run-conformance.ts';

/** The page of what each adapter is held to; whether it holds, the tests say. */
export async function generateConformance(): Promise<string> {
  const adapters = DOUBLES.map(({ name }) => name);
  return renderConformanceMarkdown({ adapters, cases: CONFORMANCE_CASES, results: await planConformance(DOUBLES) });
}
