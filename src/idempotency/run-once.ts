import type { Clock } from '../kernel/clock.ts';
import { Problem } from '../kernel/problem.ts';
import type { Sealer } from '../keys/sealer.ts';
import { noteAct } from '../platform/act.ts';
import { crashPoint } from '../platform/crash-point.ts';
import { type Database, type Queryable, violatedConstraint } from '../platform/database.ts';
import type { EndpointAnswer, IdempotencyClaim } from '../platform/http/bind-endpoint.ts';
import type { WholeRow } from '../platform/recordset.ts';
import { completeKey, type KeyAnswer } from './complete-key.ts';
import { insertKey, type KeyScope, keyRow, selectKey } from './store.ts';

export type { KeyScope } from './store.ts';

interface OnceContext {
  readonly database: Database;
  readonly sealer: Sealer;
  readonly clock: Clock;
}

/** A first answer, as it will be given again for ever. */
export interface FirstAnswer<Body> {
  readonly status: number;
  readonly body: Body;
}

/**
 * Runs work that is one transaction of ours: the effect and the kept answer commit together, so the same key never
 * has the effect twice, whatever crashes. A state conflict is kept too; other refusals are not.
 * @throws Problem idempotency_key_reused, and what the work throws
 */
export async function runOnce<Body>(
  context: OnceContext,
  scope: KeyScope,
  claim: IdempotencyClaim | null,
  work: (tx: Queryable) => Promise<FirstAnswer<Body>>,
): Promise<EndpointAnswer<Body>> {
  // Whoever seals in the transaction must not wait there for a master key that is far away.
  await context.sealer.warm(scope.tenantId);
  const noted = (tx: Queryable) => work(tx).then(noteMade);
  if (claim === null) return { body: (await context.database.transaction(noted)).body };
  const earlier = await findAnswer(context, scope, claim);
  if (earlier.state === 'done') return earlier.answer;
  try {
    const { body } = await context.database.transaction(async (tx) => {
      const first = await noted(tx);
      await keepAnswer(context, tx, scope, claim, first);
      return first;
    });
    return { body };
  } catch (error) {
    if (await twinWasFaster(context, scope, claim, error)) return runOnce(context, scope, claim, work);
    await keepConflict(context, scope, claim, error);
    throw error;
  }
}

/** What is recorded of the act names what its answer shows. */
function noteMade<Body>(first: FirstAnswer<Body>): FirstAnswer<Body> {
  const { id } = first.body as { readonly id?: unknown };
  if (typeof id === 'string') noteAct({ targetId: id });
  return first;
}

interface TwoPhaseWork<Body, Plan> {
  /**
   * Checks the request and makes what is to be written, outside any transaction. Not run for a key that was used
   * before: what was fine then may be refused by now.
   */
  readonly plan: () => Promise<Plan>;
  /** Names the resource that will tell the outcome. */
  readonly resourceId: (plan: Plan) => string;
  /**
   * Phase one: commits the intent, and the claim of the key in the same transaction. Returns false, and has written
   * neither, where the state is already what was asked for.
   */
  readonly intend: (plan: Plan, key: WholeRow<'idempotency_keys'> | null) => Promise<boolean>;
  /**
   * Phase two: calls outside and applies what came of it. `seal` makes the row of an answer, for who can keep it in the
   * very statement that applies the outcome; null where there is no key.
   */
  readonly carryOut: (plan: Plan, seal: ((first: FirstAnswer<Body>) => Promise<KeyAnswer>) | null) => Promise<void>;
  /** The answer that carrying out has kept already; left out by work that keeps none. */
  readonly kept?: () => FirstAnswer<Body> | null;
  /** The answer for the resource, or null while its outcome is still being worked out. */
  readonly answer: (resourceId: string) => Promise<FirstAnswer<Body> | null>;
}

/**
 * Runs work that waits for somebody outside. A repeat never runs it again: it is answered once the resource has an
 * outcome, by whoever found it (this process, or the recovery after a crash), and is told to come back until then.
 * There is no lock that could expire.
 * @throws Problem idempotency_key_reused, idempotency_in_progress, and what the work throws
 */
export async function runOnceInTwoPhases<Body, Plan>(
  context: OnceContext,
  scope: KeyScope,
  claim: IdempotencyClaim | null,
  work: TwoPhaseWork<Body, Plan>,
): Promise<EndpointAnswer<Body>> {
  if (claim !== null) {
    const earlier = await findAnswer(context, scope, claim);
    if (earlier.state === 'done') return earlier.answer;
    if (earlier.state === 'running') return finishRunning(context, scope, claim, earlier.resourceId, work);
  }
  try {
    return await runFirst(context, scope, claim, work);
  } catch (error) {
    if (claim === null) throw error;
    if (await twinWasFaster(context, scope, claim, error)) return runOnceInTwoPhases(context, scope, claim, work);
    await keepConflict(context, scope, claim, error);
    throw error;
  }
}

async function runFirst<Body, Plan>(
  context: OnceContext,
  scope: KeyScope,
  claim: IdempotencyClaim | null,
  work: TwoPhaseWork<Body, Plan>,
): Promise<EndpointAnswer<Body>> {
  const plan = await work.plan();
  const resourceId = work.resourceId(plan);
  noteAct({ targetId: resourceId });
  const key =
    claim === null ? null : keyRow(scope, { ...(await newKey(context, scope, claim)), resourceId, answer: null });
  const intended = await work.intend(plan, key);
  const sealed = claim === null ? null : (answer: FirstAnswer<Body>) => keyAnswer(context, scope, claim, answer);
  if (intended) await work.carryOut(plan, sealed);
  const kept = work.kept?.() ?? null;
  if (kept !== null) {
    crashPoint('answer-kept');
    return { body: kept.body };
  }
  const first = await work.answer(resourceId);
  if (first === null) throw inProgress();
  if (claim !== null) {
    if (intended) await keepLater(context, scope, claim, first);
    else await keepAnswer(context, context.database.query, scope, claim, first);
    crashPoint('answer-kept');
  }
  return { body: first.body };
}

async function finishRunning<Body>(
  context: OnceContext,
  scope: KeyScope,
  claim: IdempotencyClaim,
  resourceId: string,
  work: Pick<TwoPhaseWork<Body, unknown>, 'answer'>,
): Promise<EndpointAnswer<Body>> {
  const first = await work.answer(resourceId);
  if (first === null) throw inProgress();
  await keepLater(context, scope, claim, first);
  const kept = await findAnswer(context, scope, claim);
  return kept.state === 'done' ? kept.answer : { body: first.body, replayed: true };
}

/** Keeps the first answer of a key that was claimed with the intent. */
async function keepLater(
  context: OnceContext,
  scope: KeyScope,
  claim: IdempotencyClaim,
  first: FirstAnswer<unknown>,
): Promise<void> {
  await completeKey(context.database.query, await keyAnswer(context, scope, claim, first));
}

async function keyAnswer(
  context: OnceContext,
  scope: KeyScope,
  claim: IdempotencyClaim,
  first: FirstAnswer<unknown>,
): Promise<KeyAnswer> {
  return { ...scope, key: claim.key, ...(await seal(context, scope, claim, first)) };
}

type Earlier =
  | { readonly state: 'none' }
  | { readonly state: 'running'; readonly resourceId: string }
  | { readonly state: 'done'; readonly answer: EndpointAnswer<never> };

/** What became of an earlier request with this key. @throws Problem idempotency_key_reused for another request */
export async function findAnswer(
  { database, sealer }: Pick<OnceContext, 'database' | 'sealer'>,
  scope: KeyScope,
  claim: IdempotencyClaim,
): Promise<Earlier> {
  const row = await selectKey(database.query, scope, claim.key);
  if (row === undefined) return { state: 'none' };
  if (!(await sealer.isDigestOf(scope.tenantId, FINGERPRINT, claim.fingerprint, row.fingerprint))) {
    throw new Problem(
      'idempotency_key_reused',
      'This Idempotency-Key came with another request before. Use a new one.',
    );
  }
  if (row.answer_sealed === null || row.answer_status === null) {
    return { state: 'running', resourceId: row.resource_id ?? '' };
  }
  const json = String(await sealer.open(answerPlace(scope, claim.key), row.answer_sealed));
  if (row.answer_status === 409) throw conflictAgain(json);
  return { state: 'done', answer: { json, status: row.answer_status, replayed: true } };
}

const FINGERPRINT = 'idempotency fingerprint';

/** A request's fingerprint as it is stored: keyed, since bodies with few possible contents could be guessed from a plain one. */
function keptFingerprint(sealer: Sealer, scope: KeyScope, claim: IdempotencyClaim): Promise<string> {
  return sealer.freshDigest(scope.tenantId, FINGERPRINT, claim.fingerprint);
}

/** The row of a key that has its answer at once, for who writes it together with the effect. */
export async function answeredKey(
  sealer: Sealer,
  scope: KeyScope,
  claim: IdempotencyClaim,
  first: {
    readonly status: number;
    readonly json: string;
    readonly resourceId: string;
    readonly createdAt: Temporal.Instant;
  },
): Promise<WholeRow<'idempotency_keys'>> {
  const { status, json, resourceId, createdAt } = first;
  const answer = { status, sealed: await sealer.seal(answerPlace(scope, claim.key), json) };
  const fingerprint = await keptFingerprint(sealer, scope, claim);
  return keyRow(scope, { key: claim.key, fingerprint, resourceId, answer, createdAt });
}

function answerPlace(scope: KeyScope, key: string) {
  return {
    tenantId: scope.tenantId,
    table: 'idempotency_keys',
    column: 'answer_sealed',
    row: `${scope.mode} ${scope.route} ${key}`,
  };
}

async function seal(context: OnceContext, scope: KeyScope, claim: IdempotencyClaim, first: FirstAnswer<unknown>) {
  return {
    status: first.status,
    sealed: await context.sealer.seal(answerPlace(scope, claim.key), JSON.stringify(first.body)),
  };
}

async function newKey({ sealer, clock }: OnceContext, scope: KeyScope, claim: IdempotencyClaim) {
  return { key: claim.key, fingerprint: await keptFingerprint(sealer, scope, claim), createdAt: clock.now() };
}

async function keepAnswer(
  context: OnceContext,
  db: Queryable,
  scope: KeyScope,
  claim: IdempotencyClaim,
  first: FirstAnswer<unknown>,
): Promise<void> {
  const answer = await seal(context, scope, claim, first);
  await insertKey(db, scope, { ...(await newKey(context, scope, claim)), resourceId: null, answer });
}

type KeptConflict = Pick<Problem, 'code' | 'errors' | 'members'> & { readonly detail: string };

/** A conflict with the object's state is an answer like any other; the key's owner gets it again. */
async function keepConflict(
  context: OnceContext,
  scope: KeyScope,
  claim: IdempotencyClaim,
  error: unknown,
): Promise<void> {
  if (!(error instanceof Problem) || error.status !== 409 || error.code.startsWith('idempotency_')) return;
  const body: KeptConflict = { code: error.code, detail: error.message, errors: error.errors, members: error.members };
  await keepAnswer(context, context.database.query, scope, claim, { status: error.status, body }).catch((failure) => {
    if (!isTaken(failure)) throw failure;
  });
}

function conflictAgain(json: string): Problem {
  const { code, detail, errors, members } = JSON.parse(json) as KeptConflict;
  return new Problem(code, detail, { errors, members, replayed: true });
}

/** Whether the work was refused because a twin with the same key has done it: then the twin's outcome is the answer. */
async function twinWasFaster(
  context: OnceContext,
  scope: KeyScope,
  claim: IdempotencyClaim,
  error: unknown,
): Promise<boolean> {
  if (isTaken(error)) return true;
  if (!(error instanceof Problem) && violatedConstraint(error) === undefined) return false;
  return (await selectKey(context.database.query, scope, claim.key)) !== undefined;
}

const isTaken = (error: unknown): boolean => violatedConstraint(error) === 'idempotency_keys_pkey';

function inProgress(): Problem {
  return new Problem('idempotency_in_progress', 'The outcome of the first request is still being worked out.', {
    retryAfterSeconds: 2,
  });
}
