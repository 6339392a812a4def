import { runOnce } from '../idempotency/run-once.ts';
import type { TenantCaller } from '../kernel/caller.ts';
import type { Clock } from '../kernel/clock.ts';
import { pageOf } from '../kernel/page.ts';
import { Problem } from '../kernel/problem.ts';
import type { Sealer } from '../keys/sealer.ts';
import type { Database, Queryable } from '../platform/database.ts';
import { type BoundEndpoint, bindEndpoint, type IdempotencyClaim } from '../platform/http/bind-endpoint.ts';
import { type AccessKey, keyStatus } from './access-key.ts';
import * as api from './api-key-api.ts';
import {
  changeKey,
  createKey,
  type KeyDesk,
  operatorKeyDesk,
  revokeKey,
  rotateKey,
  type ShownKey,
  tenantKeyDesk,
} from './change-key.ts';

interface KeyContext {
  readonly database: Database;
  readonly sealer: Sealer;
  readonly clock: Clock;
}

/** The endpoints of keys, of tenants and of the operator, tied to their verbs. */
export function apiKeyRoutes(context: KeyContext): readonly BoundEndpoint[] {
  return [...tenantKeyRoutes(context), ...operatorKeyRoutes(context)];
}

function tenantKeyRoutes(context: KeyContext): readonly BoundEndpoint[] {
  const { database, clock } = context;
  const json = (mode: api.ApiKeyAnswer['mode'], key: AccessKey): api.ApiKeyAnswer => ({
    ...keyJson(clock, key),
    ...{ object: 'api_key', mode, scopes: [...key.grants] },
  });
  const shownOnce = (
    { caller, idempotency }: { readonly caller: TenantCaller; readonly idempotency: IdempotencyClaim | null },
    { route, status }: { readonly route: string; readonly status: number },
    work: (desk: KeyDesk, tx: Queryable) => Promise<ShownKey>,
  ) => {
    const { tenantId, mode } = caller;
    return runOnce(context, { tenantId, mode, route }, idempotency, async (tx) => {
      const { key, text } = await work(tenantKeyDesk(clock, caller), tx);
      return { status, body: { ...json(mode, key), key: text } };
    });
  };
  return [
    bindEndpoint(api.createApiKey, ({ body: { scopes, ...body }, ...request }) =>
      shownOnce(request, { route: 'createApiKey', status: 201 }, (desk, tx) =>
        createKey(desk, tx, { ...body, grants: scopes }),
      ),
    ),
    bindEndpoint(api.rotateApiKey, ({ params, body, ...request }) =>
      shownOnce(request, { route: 'rotateApiKey', status: 200 }, (desk, tx) =>
        rotateKey(desk, tx, params.id, body.overlapSeconds),
      ),
    ),
    bindEndpoint(api.listApiKeys, async ({ caller, query }) => {
      const keys = await tenantKeyDesk(clock, caller).shelf.list(database.query, query);
      return {
        body: pageOf(
          keys.map((key) => json(caller.mode, key)),
          query.limit,
        ),
      };
    }),
    bindEndpoint(api.getApiKey, async ({ caller, params }) => ({
      body: json(caller.mode, await findKey(tenantKeyDesk(clock, caller), database.query, params.id)),
    })),
    bindEndpoint(api.updateApiKey, async ({ caller, params, body: { scopes, ...body } }) => {
      const desk = tenantKeyDesk(clock, caller);
      const changes = { ...body, grants: scopes };
      const key = await database.transaction((tx) => changeKey(desk, tx, params.id, changes));
      return { body: json(caller.mode, key) };
    }),
    bindEndpoint(api.revokeApiKey, async ({ caller, params }) => {
      const desk = tenantKeyDesk(clock, caller);
      return { body: json(caller.mode, await database.transaction((tx) => revokeKey(desk, tx, params.id))) };
    }),
  ];
}

function operatorKeyRoutes({ database, clock }: KeyContext): readonly BoundEndpoint[] {
  const json = (key: AccessKey): api.OperatorKeyAnswer => ({
    ...keyJson(clock, key),
    ...{ object: 'operator_key', permissions: [...key.grants] },
  });
  return [
    bindEndpoint(api.createOperatorKey, async ({ caller, body: { permissions, ...body } }) => {
      const desk = operatorKeyDesk(clock, caller);
      const made = await database.transaction((tx) => createKey(desk, tx, { ...body, grants: permissions }));
      return { body: { ...json(made.key), key: made.text } };
    }),
    bindEndpoint(api.rotateOperatorKey, async ({ caller, params, body }) => {
      const desk = operatorKeyDesk(clock, caller);
      const rotated = await database.transaction((tx) => rotateKey(desk, tx, params.id, body.overlapSeconds));
      return { body: { ...json(rotated.key), key: rotated.text } };
    }),
    bindEndpoint(api.listOperatorKeys, async ({ caller, query }) => {
      const keys = await operatorKeyDesk(clock, caller).shelf.list(database.query, query);
      return { body: pageOf(keys.map(json), query.limit) };
    }),
    bindEndpoint(api.getOperatorKey, async ({ caller, params }) => ({
      body: json(await findKey(operatorKeyDesk(clock, caller), database.query, params.id)),
    })),
    bindEndpoint(api.updateOperatorKey, async ({ caller, params, body: { permissions, ...body } }) => {
      const desk = operatorKeyDesk(clock, caller);
      const changes = { ...body, grants: permissions };
      return { body: json(await database.transaction((tx) => changeKey(desk, tx, params.id, changes))) };
    }),
    bindEndpoint(api.revokeOperatorKey, async ({ caller, params }) => {
      const desk = operatorKeyDesk(clock, caller);
      return { body: json(await database.transaction((tx) => revokeKey(desk, tx, params.id))) };
    }),
  ];
}

async function findKey({ shelf }: KeyDesk, db: Queryable, keyId: string): Promise<AccessKey> {
  const key = await shelf.find(db, keyId);
  if (key === null) throw new Problem('not_found', 'There is no such key.');
  return key;
}

function keyJson(clock: Clock, key: AccessKey) {
  const now = clock.now();
  const { previousSecret: previous } = key;
  const overlaps = previous !== null && Temporal.Instant.compare(previous.until, now) > 0;
  return {
    id: key.keyId,
    name: key.name,
    status: keyStatus(key, now),
    allowedAddresses: [...key.allowedAddresses],
    createdBy: key.createdBy,
    createdAt: key.createdAt.toString(),
    expiresAt: key.expiresAt?.toString() ?? null,
    lastUsedAt: key.lastUsedAt?.toString() ?? null,
    previousSecretUntil: overlaps ? previous.until.toString() : null,
    revokedAt: key.revokedAt?.toString() ?? null,
  };
}
