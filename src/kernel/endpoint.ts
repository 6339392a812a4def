import type { z } from 'zod';
import type { ProblemCode } from './problem.ts';

/**
 * Who may call. A route without one does not exist: the field is required.
 * `basic`: app name and secret by HTTP Basic are taken as well (Bluebox endpoints). `person`: somebody who has signed in,
 * about their own business; `enrolling`: also who still has to set up a second factor. `browser`: the panel's own pages,
 * before anybody has signed in. What each permission allows, and to which roles, is in access/permission.ts.
 */
export type Access =
  | { readonly by: 'tenant'; readonly scope: Permission; readonly basic?: true }
  | { readonly by: 'operator'; readonly permission: Permission }
  | { readonly by: 'person'; readonly enrolling?: true }
  | { readonly by: 'browser' }
  | { readonly by: 'checkoutToken' }
  | { readonly by: 'anyone' };

/** `resource:action`: what one endpoint needs of its caller. */
export type Permission = `${string}:${'create' | 'read' | 'update' | 'delete' | 'execute' | 'pause'}`;

/** What an API key carries a list of: permissions, `*` standing for any part that needs no administrator. */
export type Scope = Permission | `${string}:*`;

/** `optional`: taken when sent; `none`: the header is ignored (reads). Refund's "key or reference" rule is its verb's. */
export type Idempotency = 'optional' | 'none';

/** How long what is recorded is kept: see docs/audit.md. */
export type AuditClass = 'security' | 'change' | 'money';

/**
 * How calls stand in the audit record. A class: an entry for each success, part of the transaction that makes the change
 * (of a read: written before it is answered); `shows` lists the fields of the body whose values the entry may tell, and
 * nothing that is secret or personal. `counted`: written at once, repeats within a minute as their number; `for people`:
 * only where somebody at the panel asks, such as for what is personal in a payment. `own record`:
 * what comes of it is recorded where nothing is ever changed (payments, their events and signals). `nothing`: it changes
 * and tells nothing that matters.
 */
export type Audit =
  | { readonly class: AuditClass; readonly shows?: readonly string[] }
  | 'counted'
  | 'counted for people'
  | 'own record'
  | 'nothing';

/**
 * One operation as other programs see it: the single source of parsing, OpenAPI, the typed client and /docs.
 * `problems` lists the refusals beyond those every endpoint of its kind has; a test makes each one occur.
 */
export interface Endpoint<
  Params extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
  Answer extends z.ZodType = z.ZodType,
  Who extends Access = Access,
> {
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With parameters in braces, as OpenAPI writes them: `/api/v1/payments/{id}`. */
  readonly path: `/${string}`;
  readonly summary: string;
  readonly description?: string;
  readonly tag: string;
  readonly access: Who;
  /** Dangerous: a person must have proven a second factor within the last minutes. Programs are not asked. */
  readonly stepUp?: true;
  /** May be stored until a second person approves of it, as the tenant's settings say; it is then answered 202. */
  readonly fourEyes?: true;
  readonly idempotency: Idempotency;
  /** Left out: reads are not recorded, everything else is, with class `change`. */
  readonly audit?: Audit;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  /** The body is the bytes of a file in one of these media types, as they come; there is no JSON then. */
  readonly file?: { readonly mediaTypes: readonly string[]; readonly description: string };
  /** The body holds generated secrets, which may look like anything: it is not searched for card numbers. */
  readonly secretsInBody?: true;
  readonly answer: {
    readonly status: 200 | 201 | 202 | 204;
    readonly schema: Answer;
    readonly description: string;
    /** The schema is then of a text, which is sent as it stands; of an event stream, of what each event carries. */
    readonly mediaType?: 'text/html' | 'text/plain' | 'text/event-stream';
  };
  readonly problems: readonly ProblemCode[];
  /** A body that works as it stands, for the reference page and for tests. */
  readonly example?: unknown;
}

/** Declares an endpoint; keeps the exact types of its schemas and of who may call it. */
export function endpoint<
  Params extends z.ZodType = z.ZodUndefined,
  Query extends z.ZodType = z.ZodUndefined,
  Body extends z.ZodType = z.ZodUndefined,
  Answer extends z.ZodType = z.ZodType,
  Who extends Access = Access,
>(declaration: Endpoint<Params, Query, Body, Answer, Who>): Endpoint<Params, Query, Body, Answer, Who> {
  return declaration;
}
