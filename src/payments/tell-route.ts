import { z } from 'zod';
import { routeNote } from '../routing/route-note.ts';
import type { Explanation } from './explain-shape.ts';

/** A signal that began an attempt, with what was kept of why it went where it went. */
export interface RouteSignal {
  readonly attemptId: string | null;
  readonly kind: string;
  readonly detail: unknown;
}

const started = z.looseObject({ route: routeNote });
const failedOver = z.looseObject({
  state: z.enum(['not_sent', 'refused']),
  code: z.string().optional(),
  reason: z.string().optional(),
  nextAttemptId: z.string(),
  route: routeNote,
});

type FailedOverFrom = NonNullable<Explanation['route']>['failedOverFrom'][number];

/** Where an attempt went and why, back to the account that its confirmation came to first; null where nobody kept it. */
export function tellRoute(signals: readonly RouteSignal[], latestAttemptId: string): Explanation['route'] {
  const steps = signals.flatMap(({ attemptId, kind, detail }) => {
    const { data } = failedOver.safeParse(detail);
    return kind === 'attempt_failed_over' && data !== undefined && attemptId !== null ? [{ ...data, attemptId }] : [];
  });
  const routeOf = (attemptId: string) => {
    const step = steps.find(({ nextAttemptId }) => nextAttemptId === attemptId);
    if (step !== undefined) return step.route;
    const begun = signals.find((one) => one.kind === 'attempt_started' && one.attemptId === attemptId);
    return started.safeParse(begun?.detail).data?.route;
  };
  const failedOverFrom: FailedOverFrom[] = [];
  let first = latestAttemptId;
  for (;;) {
    const step = steps.find(({ nextAttemptId }) => nextAttemptId === first);
    if (step === undefined || failedOverFrom.length === steps.length) break;
    const { attemptId, state, code, reason } = step;
    const providerAccountId = routeOf(attemptId)?.providerAccountId ?? '';
    failedOverFrom.unshift({ attemptId, providerAccountId, state, code: code ?? reason ?? state });
    first = attemptId;
  }
  const route = routeOf(latestAttemptId);
  return route === undefined ? null : { attemptId: latestAttemptId, ...route, failedOverFrom };
}
