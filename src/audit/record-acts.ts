import { assert } from '../kernel/assert.ts';
import { personOf } from '../kernel/caller.ts';
import type { Endpoint } from '../kernel/endpoint.ts';
import type { Problem } from '../kernel/problem.ts';
import { Act, type ActNotes, runAs } from '../platform/act.ts';
import type { ActRecorder, RecordCall, RecordedCall } from '../platform/http/act-recorder.ts';
import type { RouteAnswer } from '../platform/http/bind-endpoint.ts';
import type { Exchange } from '../platform/http/exchange.ts';
import type { AuditContext } from './context.ts';
import { createRepeatCounter } from './count-repeats.ts';
import { type AuditDetails, auditOf, chainOf, fieldsChanged, fieldsGiven, type NewEntry, targetOf } from './entry.ts';
import { appendEntry } from './store.ts';

export interface AuditRecorder extends ActRecorder {
  /** Writes what is still counted. */
  close(): Promise<void>;
}

/** Records what requests do, each endpoint as it declares (kernel/endpoint.ts, Audit), and refusals that may be attacks. */
export function createAuditRecorder(context: AuditContext): AuditRecorder {
  const counter = createRepeatCounter(context);
  return {
    of(endpoint) {
      const rule = auditOf(endpoint);
      if (rule === 'nothing' || rule === 'own record') return null;
      if (rule === 'counted') return countCalls(endpoint, counter.count);
      if (rule === 'counted for people') return countPeople(endpoint, counter.count);
      const { class: kept, shows = [] } = rule;
      const plan = { endpoint, kept, shows };
      return endpoint.method === 'GET' ? recordReads(context, plan) : recordChanges(context, plan);
    },
    async exported(endpoint, call) {
      const entry = entryOf({ endpoint, kept: 'security', shows: [] }, call);
      await context.database.transaction((tx) => appendEntry(tx, { ...entry, action: `${endpoint.id}.export` }));
    },
    refused(exchange, problem, authorization) {
      const entry = refusalEntry(exchange, problem, authorization);
      if (entry !== null) counter.count(entry);
    },
    close: () => counter.close(),
  };
}

interface Plan {
  readonly endpoint: Endpoint;
  readonly kept: NewEntry['class'];
  readonly shows: readonly string[];
}

/**
 * The first transaction that commits for the request carries the entry. Where none did, the request changed nothing, and
 * that is recorded before it is answered; a repeat that is answered as the first time is no act of its own.
 */
function recordChanges({ database }: AuditContext, plan: Plan): RecordCall {
  return (call, work) => recordChange(database, plan, entryOf(plan, call), work);
}

async function recordChange<Answer extends RouteAnswer>(
  database: AuditContext['database'],
  plan: Plan,
  entry: NewEntry,
  work: () => Promise<Answer>,
): Promise<Answer> {
  const act = new Act(entry.tenantId, (tx, notes) => appendEntry(tx, withNotes(plan, entry, notes)));
  const answer = await runAs(act, work).finally(() => act.end());
  if (act.isKept || ('replayed' in answer && answer.replayed === true)) return answer;
  await database.transaction((tx) => appendEntry(tx, { ...entry, outcome: 'unchanged' }));
  return answer;
}

/** What somebody asked for earlier and a second person has approved of. */
interface ApprovedCall extends Pick<RecordedCall, 'caller' | 'params' | 'query' | 'body'> {
  readonly remoteAddress: string;
  readonly approvalId: string;
  readonly approvedBy: string;
}

/**
 * Records what was approved as an act of whoever asked for it, at the time when it is done: the decision is an entry of its
 * own, by whoever decided, and may lie in another process.
 */
export async function recordApproved<Answer extends RouteAnswer>(
  { database, clock }: Pick<AuditContext, 'database' | 'clock'>,
  endpoint: Endpoint,
  { approvalId, approvedBy, remoteAddress, ...call }: ApprovedCall,
  work: () => Promise<Answer>,
): Promise<Answer> {
  const rule = auditOf(endpoint);
  assert(typeof rule === 'object', `${endpoint.id}: what waits for a second person is recorded`);
  const plan = { endpoint, kept: rule.class, shows: rule.shows ?? [] };
  const exchange = { receivedAt: clock.now(), remoteAddress, correlationId: approvalId };
  const entry = entryOf(plan, { ...call, exchange });
  const details = { ...entry.details, approvalId, approvedBy };
  return recordChange(database, plan, { ...entry, details }, work);
}

/** What is read is told to nobody before it is recorded that it was. */
function recordReads({ database }: AuditContext, plan: Plan): RecordCall {
  return async (call, work) => {
    const answer = await work();
    await database.transaction((tx) => appendEntry(tx, entryOf(plan, call)));
    return answer;
  };
}

/** Programs read payments by the thousand; people look at one because they want to know something of somebody. */
function countPeople(endpoint: Endpoint, count: (entry: NewEntry) => void): RecordCall {
  const record = countCalls(endpoint, count);
  return (call, work) => (personOf(call.caller) === null ? work() : record(call, work));
}

function countCalls(endpoint: Endpoint, count: (entry: NewEntry) => void): RecordCall {
  return async (call, work) => {
    const answer = await work();
    count(grantedEntry(entryOf({ endpoint, kept: 'security', shows: ['appName'] }, call), answer));
    return answer;
  };
}

/** Who signs in is known by the answer alone. */
function grantedEntry(entry: NewEntry, answer: object): NewEntry {
  const body = 'body' in answer ? (answer.body as Readonly<Record<string, unknown>> | undefined) : undefined;
  const { tenantId, mode } = body ?? {};
  if (typeof tenantId !== 'string' || (mode !== 'live' && mode !== 'test')) return entry;
  const name = entry.details.fields?.find(({ field }) => field === 'appName')?.after;
  return { ...entry, tenantId, mode, actor: `app:${String(name)}` };
}

interface Call extends Omit<RecordedCall, 'exchange'> {
  readonly exchange: Pick<Exchange, 'receivedAt' | 'remoteAddress' | 'correlationId'>;
}

function entryOf({ endpoint, kept, shows }: Plan, { caller, exchange, params, query, body }: Call): NewEntry {
  const fields = fieldsGiven(endpoint.method === 'GET' ? query : body, endpoint.method === 'GET' ? [] : shows);
  const about = caller.by === 'tenant' ? undefined : tenantIn(query, body);
  return {
    ...chainOf(caller),
    ...targetOf(endpoint.path, params),
    at: exchange.receivedAt,
    class: kept,
    actor: 'actor' in caller ? caller.actor : caller.by,
    address: exchange.remoteAddress,
    correlationId: exchange.correlationId,
    action: endpoint.id,
    outcome: 'done',
    details: { ...(fields.length === 0 ? {} : { fields }), ...(about === undefined ? {} : { tenantId: about }) },
  };
}

/** Which tenant an operator's request is about. */
function tenantIn(...parts: readonly unknown[]): string | undefined {
  for (const part of parts) {
    const tenantId = (part as { readonly tenantId?: unknown } | undefined)?.tenantId;
    if (typeof tenantId === 'string') return tenantId;
  }
  return undefined;
}

function withNotes({ shows }: Plan, entry: NewEntry, { targetId, before, after }: ActNotes): NewEntry {
  const fields = before === undefined || after === undefined ? null : fieldsChanged(before, after, shows);
  const made =
    entry.targetId !== null && targetId !== undefined && targetId !== entry.targetId ? { made: targetId } : {};
  const details: AuditDetails = { ...entry.details, ...(fields === null ? {} : { fields }), ...made };
  return { ...entry, targetId: entry.targetId ?? targetId ?? null, details };
}

/** Wrong credentials, and what right ones may not do. Codes of whatever asks for more than a credential join them. */
const SUSPICIOUS: ReadonlySet<string> = new Set(['unauthenticated', 'forbidden', 'step_up_required']);

function refusalEntry(exchange: Exchange, problem: Problem, authorization: string | undefined): NewEntry | null {
  const { endpoint, caller } = exchange;
  if (endpoint === null || !SUSPICIOUS.has(problem.code)) return null;
  // Whoever shows nothing at all has tried nothing.
  if (problem.code === 'unauthenticated' && authorization === undefined && endpoint.access.by !== 'anyone') return null;
  return {
    ...chainOf(caller),
    ...targetOf(endpoint.path, undefined),
    at: exchange.receivedAt,
    class: 'security',
    actor: caller !== null && 'actor' in caller ? caller.actor : namedBy(authorization),
    address: exchange.remoteAddress,
    correlationId: exchange.correlationId,
    action: endpoint.id,
    outcome: 'refused',
    details: { code: problem.code },
  };
}

const NAMED_KEY = /^Bearer +(?:sk_(?:test|live)_([0-9a-hjkmnp-tv-z]{26})|(op_[0-9a-hjkmnp-tv-z]{26}))\./i;

/** Whose credentials they claim to be; what proves them is not looked at. */
function namedBy(authorization: string | undefined): string {
  const [, keyId, operatorKeyId] = NAMED_KEY.exec(authorization ?? '') ?? [];
  if (keyId !== undefined) return `key:key_${keyId}`;
  return operatorKeyId === undefined ? 'unknown' : `operator:${operatorKeyId}`;
}
