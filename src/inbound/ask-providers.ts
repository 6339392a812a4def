import type { PaymentContext } from '../payments/context.ts';
import { readAttempt } from '../payments/read-payment.ts';
import { syncAttempt } from '../payments/sync-attempt.ts';
import { waitAtMost } from '../platform/deadline.ts';
import { inParallel } from '../platform/in-parallel.ts';
import type { ClaimedLane } from '../platform/lanes.ts';
import type { Logger } from '../platform/log.ts';
import { type Question, selectDueQuestions, updateAsked, updateQuestion } from './store-questions.ts';

const BATCH = 8;
const CONCURRENCY = 4;
/** A provider that hangs keeps the account's notifications waiting for no longer; its late answer still counts. */
export const ANSWER_WAIT_MS = 3_000;
/** A provider that gives no answer for half a day is not asked any more for this reason; an open attempt has its own. */
const RETRY_DELAYS_S = [60, 300, 900, 3_600, 14_400, 28_800] as const;

/**
 * Asks about the attempts of an account that notifications gave a reason to ask about. It is noted first that we ask, so
 * that a provider is not asked more often than once a minute by processes that die; asking is repeatable.
 */
export async function askProviders(context: PaymentContext, log: Logger, lane: ClaimedLane): Promise<void> {
  const account = { tenantId: lane.tenantId, providerAccountId: lane.laneId };
  const { database, clock } = context;
  const due = await selectDueQuestions(database.query, account, clock.now(), BATCH);
  await inParallel(due, CONCURRENCY, async (question) => {
    await updateAsked(database.query, question, clock.now());
    const delay = (await isAnswered(context, log, question)) ? undefined : RETRY_DELAYS_S[question.tries];
    const again = delay === undefined ? null : clock.now().add({ seconds: delay });
    await updateQuestion(database.query, question, again);
  });
}

async function isAnswered(context: PaymentContext, log: Logger, question: Question): Promise<boolean> {
  const attempt = await readAttempt(context.database.query, question.tenant_id, question.attempt_id);
  if (attempt === null) return true;
  let answered = false;
  const asking = syncAttempt(context, attempt, 'poll').then(
    (isAnswer) => {
      answered = isAnswer;
    },
    (error: unknown) => log.warn({ error, attemptId: attempt.attemptId }, 'The provider could not be asked'),
  );
  await waitAtMost(asking, ANSWER_WAIT_MS);
  return answered;
}
