import type { Clock } from '../kernel/clock.ts';
import { newId } from '../kernel/id.ts';
import { createBatcher } from '../platform/batch.ts';
import { type Queryable, sqlState } from '../platform/database.ts';
import type { Logger } from '../platform/log.ts';
import type { WholeRow } from '../platform/recordset.ts';
import type { PaymentProvider, ProviderCall } from '../providers/provider.ts';
import type { ProviderAccount } from './account.ts';
import { type CallAnswer, type CallInput, keptAnswer, keptRequest, secretsIn } from './sanitize-call.ts';
import { insertProviderCalls } from './store.ts';

/** Every method that speaks to the provider on our account. Notifications are kept whole in inbound_events. */
type Operation =
  | 'create'
  | 'complete'
  | 'retrieve'
  | 'cancel'
  | 'capture'
  | 'release'
  | 'refund'
  | 'reverse'
  | 'submitEvidence';

/** A call that is over. */
export interface FinishedCall {
  readonly account: Pick<ProviderAccount, 'tenantId' | 'providerAccountId'>;
  readonly operation: Operation;
  readonly call: ProviderCall<unknown>;
  readonly input: CallInput;
  /** null: the adapter threw. */
  readonly answer: CallAnswer | null;
  readonly error: unknown;
  readonly durationMs: number;
}

/** Keeps what was asked of providers and what they said. */
export interface CallRecorder {
  /** Returns at once and never throws: a record that cannot be written must not stand between a payer and the answer. */
  record(finished: FinishedCall): void;
  /** Resolves when nothing is on its way to the database any more. */
  settled(): Promise<void>;
}

/** Bounds one statement; a row has about a kilobyte. */
const BATCH_MAX = 100;
/** Some megabytes of records while the database is away; what comes on top is dropped and said. */
const WAITING_MAX = 5_000;

/**
 * Records beside the work: a record is on its way to the database when the answer is handed to the caller, so it costs
 * no round trip of theirs and is normally written before the caller's own next write. At most one connection is used,
 * and records that arrive meanwhile share the next statement. A crash loses the records of that moment and nothing
 * else; the intent and the outcome of a call stand in attempts, operations and signals, which are never batched so.
 */
export function createCallRecorder(context: {
  readonly database: { readonly query: Queryable };
  readonly clock: Clock;
  readonly log: Logger;
}): CallRecorder {
  const { database, clock, log } = context;
  const waiting = new Set<Promise<void>>();
  const write = createBatcher<WholeRow<'provider_calls'>, unknown>({
    write: (rows) => insertAll(database.query, rows),
    tenantsOf: (row) => [row.tenant_id],
    itemsMax: BATCH_MAX,
  });
  return {
    record(finished) {
      try {
        if (waiting.size >= WAITING_MAX) throw new Error('Too many records wait for the database');
        const written = write(callRow(finished, clock)).then((error) => {
          if (error !== null) lose(finished, error);
        });
        waiting.add(written);
        void written.finally(() => waiting.delete(written));
      } catch (error) {
        lose(finished, error);
      }
    },
    async settled() {
      while (waiting.size > 0) await Promise.all(waiting);
    },
  };

  function lose({ operation, input }: FinishedCall, error: unknown): void {
    log.error({ operation, attemptId: input.attemptId, error }, 'A provider call could not be recorded');
  }
}

/** Why each row was not written; null for those that were. Never rejects. */
async function insertAll(db: Queryable, rows: readonly WholeRow<'provider_calls'>[]): Promise<readonly unknown[]> {
  try {
    await insertProviderCalls(db, rows);
    return rows.map(() => null);
  } catch (error) {
    // Classes 22 and 23: a value of one row. Anything else is about the database, and would be so for each row again.
    if (rows.length === 1 || !/^2[23]/.test(sqlState(error) ?? '')) return rows.map(() => error);
    const errors: unknown[] = [];
    // One after the other: what is wrong with records must not take connections from payments.
    for (const row of rows) errors.push(...(await insertAll(db, [row])));
    return errors;
  }
}

function callRow(finished: FinishedCall, clock: Clock): WholeRow<'provider_calls'> {
  const { account, operation, call, input, answer, error, durationMs } = finished;
  const { method, returnUrl, text, description, created, clientData } = input;
  const said = [method, returnUrl, text, description, created, clientData];
  const secrets = secretsIn(call.credentials, call.previousCredentials, ...said);
  return {
    tenant_id: account.tenantId,
    call_id: newId('pc', clock),
    provider_account_id: account.providerAccountId,
    attempt_id: input.attemptId,
    operation,
    request: keptRequest(input),
    outcome: answer?.kind ?? 'failed',
    // What an adapter's own fault says may hold anything; its kind is enough here, and the log has the rest.
    answer: answer === null ? { error: error instanceof Error ? error.name : 'Error' } : keptAnswer(answer, secrets),
    duration_ms: Math.round(durationMs),
    created_at: clock.now(),
  };
}

/** As the contract, with each method named, so that a method that is added there does not go unrecorded here. */
type EveryMember = { readonly [Name in keyof Required<PaymentProvider>]: PaymentProvider[Name] | undefined };

/**
 * The same provider, each of whose calls is recorded when it is over, also one that throws. A method that the provider
 * does not have is not there either: its absence is the word for what it cannot do.
 */
export function recordCalls(
  provider: PaymentProvider,
  account: FinishedCall['account'],
  recorder: CallRecorder,
): PaymentProvider {
  const { cancel, complete, capture, release, refund, reverse, submitEvidence, listSettlement, describeWebhook } =
    provider;
  const recorded: EveryMember = {
    id: provider.id,
    displayName: provider.displayName,
    capabilities: provider.capabilities,
    // Taken away before this: an open account's provider is that account's.
    limits: undefined,
    credentials: provider.credentials,
    modeFaults: provider.modeFaults,
    method: provider.method,
    cardFields: provider.cardFields,
    parseWebhook: (call, request) => provider.parseWebhook(call, request),
    describeWebhook: describeWebhook && ((call, request) => describeWebhook.call(provider, call, request)),
    // These are about no payment; the timeline has no place for them.
    certification: provider.certification,
    checkCredentials: (call) => provider.checkCredentials(call),
    listSettlement: listSettlement && ((call, query) => listSettlement.call(provider, call, query)),
    create: watch('create', provider.create),
    complete: complete && watch('complete', complete),
    retrieve: watch('retrieve', provider.retrieve),
    cancel: cancel && watch('cancel', cancel),
    capture: capture && watch('capture', capture),
    release: release && watch('release', release),
    refund: refund && watch('refund', refund),
    reverse: reverse && watch('reverse', reverse),
    submitEvidence: submitEvidence && watch('submitEvidence', submitEvidence),
  };
  return Object.fromEntries(
    Object.entries(recorded).filter(([, member]) => member !== undefined),
  ) as unknown as PaymentProvider;

  function watch<Input extends { readonly attemptId: string }, Answer extends CallAnswer>(
    operation: Operation,
    send: (call: ProviderCall<unknown>, input: Input) => Promise<Answer>,
  ): (call: ProviderCall<unknown>, input: Input) => Promise<Answer> {
    return async (call, input) => {
      const startedMs = performance.now();
      const finish = (answer: Answer | null, error: unknown): void => {
        const durationMs = performance.now() - startedMs;
        recorder.record({ account, operation, call, input: { ...input }, answer, error, durationMs });
      };
      try {
        const answer = await send.call(provider, call, input);
        finish(answer, null);
        return answer;
      } catch (error) {
        finish(null, error);
        throw error;
      }
    };
  }
}
