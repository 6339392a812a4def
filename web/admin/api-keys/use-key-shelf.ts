import { useMemo } from 'react';
import type { ApiKey, OperatorKey, TollgateApi } from '../../../sdk/src/api.generated.ts';
import { operatorPermissions, tenantPermissions } from '../../../src/access/permission.ts';
import type { Permission } from '../../../src/kernel/endpoint.ts';
import { useApi } from '../frame/use-api.ts';
import { useAnywhere } from '../frame/use-place.ts';
import type { Page } from '../list/page.ts';

/** A key of a tenant or of the operator: what it may do is called the same here. */
export interface ShownKey extends Omit<ApiKey, 'object' | 'mode' | 'scopes'> {
  readonly grants: readonly string[];
}

interface KeyFields {
  readonly name?: string;
  readonly grants?: readonly string[];
  readonly expiresAt?: string | null;
  readonly allowedAddresses?: readonly string[];
}

/** A key and its text, which is seen once. */
interface KeyWithText {
  readonly key: string;
}

interface CallOptions {
  readonly idempotencyKey?: string;
}

/** The keys of the place: what they are called, who may do what with them, and the calls. */
interface KeyShelf {
  readonly kind: 'tenant' | 'operator';
  readonly permissions: Readonly<Record<'read' | 'create' | 'update' | 'delete', Permission>>;
  /** What a key can be given by whoever looks. */
  readonly grantable: readonly Permission[];
  list(query: object, signal: AbortSignal | undefined): Promise<Page<ShownKey>>;
  get(id: string, signal: AbortSignal): Promise<ShownKey>;
  create(fields: KeyFields & { readonly name: string }, options: CallOptions): Promise<KeyWithText>;
  change(id: string, fields: KeyFields): Promise<ShownKey>;
  rotate(id: string, overlapSeconds: number, options: CallOptions): Promise<KeyWithText>;
  revoke(id: string): Promise<ShownKey>;
}

export function useKeyShelf(): KeyShelf {
  const api = useApi();
  const { place, may } = useAnywhere();
  const isOperator = place === null;
  return useMemo(() => (isOperator ? operatorShelf(api, may) : tenantShelf(api, may)), [api, isOperator, may]);
}

type May = (permission: Permission) => boolean;

function tenantShelf({ aPIKeys }: TollgateApi, may: May): KeyShelf {
  return {
    kind: 'tenant',
    permissions: {
      read: 'api-key:read',
      create: 'api-key:create',
      update: 'api-key:update',
      delete: 'api-key:delete',
    },
    grantable: grantable(tenantPermissions(), may),
    list: async (query, signal) => pageOf(await aPIKeys.listApiKeys(query, { signal }), ofTenant),
    get: async (id, signal) => ofTenant(await aPIKeys.getApiKey(id, { signal })),
    create: ({ grants = [], ...fields }, options) => aPIKeys.createApiKey({ ...fields, scopes: grants }, options),
    change: async (id, { grants, ...fields }) =>
      ofTenant(await aPIKeys.updateApiKey(id, { ...fields, ...(grants === undefined ? {} : { scopes: grants }) })),
    rotate: (id, overlapSeconds, options) => aPIKeys.rotateApiKey(id, { overlapSeconds }, options),
    revoke: async (id) => ofTenant(await aPIKeys.revokeApiKey(id)),
  };
}

function operatorShelf({ operatorKeys }: TollgateApi, may: May): KeyShelf {
  return {
    kind: 'operator',
    permissions: {
      read: 'operator-key:read',
      create: 'operator-key:create',
      update: 'operator-key:update',
      delete: 'operator-key:delete',
    },
    grantable: grantable(operatorPermissions(), may),
    list: async (query, signal) => pageOf(await operatorKeys.list(query, { signal }), ofOperator),
    get: async (id, signal) => ofOperator(await operatorKeys.get(id, { signal })),
    create: ({ grants = [], ...fields }) => operatorKeys.create({ ...fields, permissions: grants }),
    change: async (id, { grants, ...fields }) =>
      ofOperator(
        await operatorKeys.update(id, { ...fields, ...(grants === undefined ? {} : { permissions: grants }) }),
      ),
    rotate: (id, overlapSeconds) => operatorKeys.rotate(id, { overlapSeconds }),
    revoke: async (id) => ofOperator(await operatorKeys.revoke(id)),
  };
}

function grantable(
  all: readonly (readonly [Permission, { readonly person?: true }])[],
  may: May,
): readonly Permission[] {
  return all.filter(([permission, { person }]) => person !== true && may(permission)).map(([permission]) => permission);
}

function ofTenant({ object: _object, mode: _mode, scopes, ...key }: ApiKey): ShownKey {
  return { ...key, grants: scopes };
}

function ofOperator({ object: _object, permissions, ...key }: OperatorKey): ShownKey {
  return { ...key, grants: permissions };
}

function pageOf<Row>({ data, ...page }: Page<Row>, shown: (row: Row) => ShownKey): Page<ShownKey> {
  return { ...page, data: data.map(shown) };
}
