import type { Caller, Mode } from '../kernel/caller.ts';
import type { Audit, AuditClass, Endpoint } from '../kernel/endpoint.ts';
import { SYSTEM } from '../keys/sealer.ts';

/** `unchanged`: it was answered without anything to change. */
export type AuditOutcome = 'done' | 'unchanged' | 'refused';

/** A field that an act is about, with its values where they may be told. */
export interface AuditedField {
  readonly field: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** What else there is to say of an act. */
export interface AuditDetails {
  readonly fields?: readonly AuditedField[];
  /** Whose object it was, where that is not whose record it stands in. */
  readonly tenantId?: string;
  /** The id of what was made, where the target is what it was made of. */
  readonly made?: string;
  /** Of a refusal. */
  readonly code?: string;
  /** How often it happened in the minute before, where repeats are counted. */
  readonly times?: number;
  readonly reason?: string;
  /** Of what waited for a second person: which approval, and whose. */
  readonly approvalId?: string;
  readonly approvedBy?: string;
  readonly format?: string;
}

/** What is recorded of one act. */
export interface NewEntry {
  /** The tenant's chain, or `system`. */
  readonly tenantId: string;
  readonly at: Temporal.Instant;
  readonly class: AuditClass;
  readonly mode: Mode | null;
  /** `key:key_…`, `app:<name>`, `user:usr_…`, `operator:op_…`, `command-line:<login>`, `gateway`; of a refusal what its credentials named. */
  readonly actor: string;
  readonly address: string | null;
  readonly correlationId: string | null;
  /** The endpoint's id, or the name of what the gateway or the command line did. */
  readonly action: string;
  readonly targetType: string | null;
  readonly targetId: string | null;
  readonly outcome: AuditOutcome;
  readonly details: AuditDetails;
}

/** How long what an entry says is kept; the database has the same days (audit_days) and goes by its own. */
export const AUDIT_DAYS: Readonly<Record<AuditClass, number>> = { security: 400, change: 1_830, money: 3_660 };

/** How calls of an endpoint are recorded. What nobody thought of is. */
export function auditOf({ audit, method }: Pick<Endpoint, 'audit' | 'method'>): Audit {
  return audit ?? (method === 'GET' ? 'nothing' : { class: 'change' });
}

/** Whose chain an act goes to: the tenant's it was done for, and the installation's for everybody else's. */
export function chainOf(caller: Caller | null): { readonly tenantId: string; readonly mode: Mode | null } {
  if (caller?.by !== 'tenant') return { tenantId: SYSTEM, mode: null };
  return { tenantId: caller.tenantId, mode: caller.mode };
}

/** What an address names: the noun before its first id, in the singular, and that id. */
export function targetOf(path: string, params: unknown): Pick<NewEntry, 'targetType' | 'targetId'> {
  const parts = path.split('/').filter((part) => part !== '' && !PLACES.has(part));
  const at = parts.findIndex((part) => part.startsWith('{'));
  const name = parts[at]?.slice(1, -1) ?? '';
  const id = (params as Readonly<Record<string, unknown>> | undefined)?.[name];
  const noun = parts[Math.max(at - 1, 0)] ?? null;
  return { targetType: noun?.replace(/s$/, '') ?? null, targetId: typeof id === 'string' ? id : null };
}

const PLACES: ReadonlySet<string> = new Set(['api', 'v1', 'operator', 'bluebox', 'secure']);

const VALUE_CHARACTERS_MAX = 200;
const FIELDS_MAX = 50;

/** The fields of a request, with the values that may be told. */
export function fieldsGiven(body: unknown, shows: readonly string[]): readonly AuditedField[] {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return [];
  return Object.entries(body)
    .filter(([, value]) => value !== undefined)
    .slice(0, FIELDS_MAX)
    .map(([field, after]) => (mayTell(field, shows) && isShort(after) ? { field, after } : { field }));
}

/** The fields in which an object differs from what it was, with the values that may be told. */
export function fieldsChanged(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
  shows: readonly string[],
): readonly AuditedField[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => !UNTOLD.has(name) && textOf(before[name]) !== textOf(after[name]))
    .slice(0, FIELDS_MAX)
    .map((name) => {
      // People know nothing of how it is stored.
      const field = name.replace(/Sealed$/, '');
      const values = { before: plain(before[name]), after: plain(after[name]) };
      return mayTell(field, shows) && isShort(values) ? { field, ...values } : { field };
    });
}

/** They change with every change. */
const UNTOLD: ReadonlySet<string> = new Set(['updatedAt', 'version', 'settingsVersion']);

function mayTell(field: string, shows: readonly string[]): boolean {
  return shows.includes(field);
}

function isShort(value: unknown): boolean {
  return textOf(value).length <= VALUE_CHARACTERS_MAX;
}

function plain(value: unknown): unknown {
  return value === undefined ? null : JSON.parse(textOf(value));
}

function textOf(value: unknown): string {
  return JSON.stringify(value ?? null, (_name, part) => (typeof part === 'bigint' ? part.toString() : part));
}
