/** What in a plan would not scale, in words; `explain (analyze)` as text, line by line. */
export interface PlanFindings {
  /** Tables that were read from one end to the other although many rows were in the way. */
  readonly scans: readonly string[];
  /** Steps that brought far more or fewer rows than was believed. */
  readonly estimates: readonly string[];
  readonly milliseconds: number;
}

interface Step {
  readonly indent: number;
  readonly name: string;
  readonly estimated: number;
  readonly actual: number;
  readonly loops: number;
  /** A step that stops early was never going to bring what it was believed to have. */
  readonly stopsEarly: boolean;
}

/** Fewer are read from memory in the time that an index takes. */
const ROWS_MANY = 1_000;
const FACTOR_WRONG = 10;

const STEP =
  /^(?<indent>\s*)(?:->\s+)?(?<name>\S.*?)\s+\(cost=\S+ rows=(?<estimated>\d+) width=\d+\) \(actual (?:time=\S+ )?rows=(?<actual>[\d.]+) loops=(?<loops>\d+)\)/;
const REMOVED = /^\s*Rows Removed by (?:Filter|Index Recheck): (\d+)/;
const TIME = /^Execution Time: ([\d.]+) ms/;

/** Finds scans of whole tables and wrong estimates in a plan that was executed. */
export function findIn(plan: readonly string[]): PlanFindings {
  const scans: string[] = [];
  const estimates: string[] = [];
  const above: Step[] = [];
  let milliseconds = 0;
  for (const [index, line] of plan.entries()) {
    milliseconds = Number(TIME.exec(line)?.[1] ?? milliseconds);
    const step = readStep(line, above);
    if (step === null || step.loops === 0) continue;
    const read = (step.actual + removedBelow(plan, index)) * step.loops;
    if (/^(?:Parallel )?Seq Scan/.test(step.name) && read >= ROWS_MANY) {
      scans.push(`${step.name}: ${Math.round(read)} rows read`);
    }
    if (isWrong(step)) estimates.push(`${step.name}: ${step.estimated} rows believed, ${step.actual} came`);
  }
  return { scans, estimates, milliseconds };
}

/** The step of a line, whose ancestors are then the top of `above`; null where the line only tells of one. */
function readStep(line: string, above: Step[]): Step | null {
  const { indent = '', name = '', estimated, actual, loops } = STEP.exec(line)?.groups ?? {};
  if (name === '') return null;
  while ((above.at(-1)?.indent ?? -1) >= indent.length) above.pop();
  const parent = above.at(-1);
  const step = {
    indent: indent.length,
    name,
    estimated: Number(estimated),
    actual: Number(actual),
    loops: Number(loops),
    stopsEarly: parent !== undefined && (parent.stopsEarly || /^Limit/.test(parent.name)),
  };
  above.push(step);
  return step;
}

/** The lines about a step stand between it and the next one. */
function removedBelow(plan: readonly string[], index: number): number {
  let removed = 0;
  for (const line of plan.slice(index + 1)) {
    if (STEP.test(line)) break;
    removed += Number(REMOVED.exec(line)?.[1] ?? 0);
  }
  return removed;
}

function isWrong({ estimated, actual, stopsEarly }: Step): boolean {
  const [few, many] = estimated < actual ? [estimated, actual] : [actual, estimated];
  if (stopsEarly && estimated > actual) return false;
  return many >= ROWS_MANY && many > FACTOR_WRONG * Math.max(few, 1);
}
