import type { TenantCaller } from '../kernel/caller.ts';
import { Problem } from '../kernel/problem.ts';
import { type BoundEndpoint, bindEndpoint, type EndpointAnswer } from '../platform/http/bind-endpoint.ts';
import * as api from './api.ts';
import type { AuditContext } from './context.ts';
import { entryJson } from './entry-json.ts';
import { describeFinding } from './finding.ts';
import { createProver, readAuditState } from './prove-chain.ts';
import { publishedKeys } from './signing-key.ts';
import { cursorOf, type EntryFilter, selectEntries } from './store.ts';
import { type ExportFormat, writeExport } from './write-export.ts';

/** Some six megabytes; whoever wants more asks again from where it ends. */
const EXPORTED_MAX = 10_000;

/** Who may read the record, and the keys by which it is proven. */
export function auditRoutes(context: Pick<AuditContext, 'database' | 'clock'>): readonly BoundEndpoint[] {
  const db = context.database.query;
  const prove = createProver(context);
  const list = async (filter: EntryFilter, page: Page & { readonly limit: number }) => {
    const rows = await selectEntries(db, filter, page);
    const shown = rows.slice(0, page.limit);
    const last = shown.at(-1);
    const hasMore = rows.length > page.limit;
    const nextCursor = hasMore && last !== undefined ? cursorOf(last) : null;
    return { body: { data: shown.map(entryJson), hasMore, nextCursor } };
  };
  const write = async (filter: EntryFilter, { cursor, format }: Page & { readonly format: ExportFormat }) => {
    const { body } = await list(filter, { limit: EXPORTED_MAX, cursor });
    const more = body.nextCursor === null ? {} : { 'tollgate-next-cursor': body.nextCursor };
    const answer: EndpointAnswer<string> = {
      body: writeExport(body.data, format),
      headers: { 'content-disposition': `attachment; filename="audit-entries.${format}"`, ...more },
    };
    return answer;
  };
  return [
    bindEndpoint(api.listAuditEntries, ({ caller, query }) => list(ownFilter(caller, query), query)),
    bindEndpoint(api.exportAuditEntries, ({ caller, query }) => write(ownFilter(caller, query), query)),
    bindEndpoint(api.listAuditEntriesAsOperator, ({ query }) =>
      list({ ...periodOf(query), tenantId: query.tenantId, mode: null }, query),
    ),
    bindEndpoint(api.exportAuditEntriesAsOperator, ({ query }) =>
      write({ ...periodOf(query), tenantId: query.tenantId, mode: null }, query),
    ),
    bindEndpoint(api.getAuditState, async ({ query: { tenantId } }) => ({
      body: { tenantId, ...(await readAuditState(context, tenantId)) },
    })),
    bindEndpoint(api.verifyAuditChain, async ({ body: { tenantId }, receivedAt }) => {
      const { entries, checkpoints, findings } = await prove(tenantId);
      const said = findings.map((found) => ({ kind: found.kind, number: found.number, says: describeFinding(found) }));
      return { body: { tenantId, entries, checkpoints, findings: said, verifiedAt: receivedAt.toString() } };
    }),
    bindEndpoint(api.listAuditKeys, async () => ({
      body: {
        data: (await publishedKeys(db)).map(({ keyId, publicKey, createdAt }) => ({
          ...({ id: keyId, object: 'audit_key', algorithm: 'Ed25519', publicKey } as const),
          createdAt: createdAt.toString(),
        })),
      },
    })),
  ];
}

interface Page {
  readonly cursor?: string | undefined;
}

interface Asked extends Pick<EntryFilter, 'actor' | 'action' | 'targetId' | 'class' | 'outcome'> {
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

/** Test credentials, which more people have, see nothing of what live ones do. */
function ownFilter(
  { tenantId, mode }: TenantCaller,
  { allModes, ...asked }: Asked & { readonly allModes?: string | undefined },
): EntryFilter {
  if (allModes === 'true' && mode === 'test') {
    throw new Problem('forbidden', 'Only live credentials see both modes.');
  }
  return { ...periodOf(asked), tenantId, mode: allModes === 'true' ? null : mode };
}

function periodOf({
  actor,
  action,
  targetId,
  class: kept,
  outcome,
  since,
  until,
}: Asked): Omit<EntryFilter, 'tenantId' | 'mode'> {
  return {
    ...{ actor, action, targetId, class: kept, outcome },
    since: since === undefined ? undefined : Temporal.Instant.from(since),
    until: until === undefined ? undefined : Temporal.Instant.from(until),
  };
}
