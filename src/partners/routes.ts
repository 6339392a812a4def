import { runOnce } from '../idempotency/run-once.ts';
import type { TenantCaller } from '../kernel/caller.ts';
import { pageOf } from '../kernel/page.ts';
import { Problem } from '../kernel/problem.ts';
import type { Queryable } from '../platform/database.ts';
import {
  type BoundEndpoint,
  bindEndpoint,
  type EndpointAnswer,
  type IdempotencyClaim,
} from '../platform/http/bind-endpoint.ts';
import * as api from './api.ts';
import { revokePartnerKey, rotatePartnerKey } from './change-partner-key.ts';
import { createPartnerKey } from './create-partner-key.ts';
import { gatewayPublicKeyOf, makePartnerSecret } from './make-partner-secret.ts';
import { openSecret, type PartnerContext, previousSecretOf } from './open-partner-key.ts';
import type { PartnerKey } from './partner-key.ts';
import type { PartnerSecret } from './sign-partner-message.ts';
import { selectPartnerKey, selectPartnerKeys } from './store.ts';

/** The partner keys' endpoints, tied to their verbs. */
export function partnerKeyRoutes(context: PartnerContext): readonly BoundEndpoint[] {
  const db = context.database.query;
  return [
    bindEndpoint(api.createPartnerKey, (request) =>
      withNewSecret(context, { route: 'createPartnerKey', status: 201 }, request, (tx, secret) =>
        createPartnerKey(context, tx, request.caller, { ...request.body, secret }),
      ),
    ),
    bindEndpoint(api.rotatePartnerKey, (request) =>
      withNewSecret(context, { route: 'rotatePartnerKey', status: 200 }, request, (tx, secret) =>
        rotatePartnerKey(context, tx, request.caller, { ...request.body, partnerKeyId: request.params.id, secret }),
      ),
    ),
    bindEndpoint(api.revokePartnerKey, ({ caller, params, idempotency }) => {
      const scope = { tenantId: caller.tenantId, mode: caller.mode, route: 'revokePartnerKey' };
      return runOnce(context, scope, idempotency, async (tx) => ({
        status: 200,
        body: await partnerKeyJson(context, await revokePartnerKey(context, tx, caller, params.id)),
      }));
    }),
    bindEndpoint(api.listPartnerKeys, async ({ caller, query }) => {
      const keys = await selectPartnerKeys(db, caller, query);
      return { body: pageOf(await Promise.all(keys.map((key) => partnerKeyJson(context, key))), query.limit) };
    }),
    bindEndpoint(api.getPartnerKey, async ({ caller, params }) => {
      const key = await selectPartnerKey(db, caller.tenantId, params.id);
      if (key === null || key.mode !== caller.mode) throw new Problem('not_found', 'There is no such partner key.');
      return { body: await partnerKeyJson(context, key) };
    }),
  ];
}

interface SecretRequest {
  readonly caller: TenantCaller;
  readonly body: { readonly publicKey?: string | undefined };
  readonly idempotency: IdempotencyClaim | null;
}

/** Makes the secret before the transaction begins, since a pair takes its time; a repeat throws it away unused. */
async function withNewSecret(
  context: PartnerContext,
  { route, status }: { readonly route: string; readonly status: number },
  { caller: { tenantId, mode }, body: { publicKey }, idempotency }: SecretRequest,
  work: (tx: Queryable, secret: PartnerSecret) => Promise<PartnerKey>,
): Promise<EndpointAnswer<api.ShownPartnerKeyAnswer>> {
  const secret = await makePartnerSecret(publicKey);
  return runOnce(context, { tenantId, mode, route }, idempotency, async (tx) => {
    const key = await work(tx, secret);
    const secretKey = secret.algorithm === 'hmac-sha256' ? secret.secretKey : null;
    return { status, body: { ...(await partnerKeyJson(context, key)), secretKey } };
  });
}

async function partnerKeyJson({ sealer, clock }: PartnerContext, key: PartnerKey): Promise<api.PartnerKeyAnswer> {
  const previous = previousSecretOf(clock, key);
  return {
    id: key.partnerKeyId,
    object: 'partner_key',
    mode: key.mode,
    merchantCode: key.merchantCode,
    name: key.name,
    algorithm: key.algorithm,
    presentation: key.presentation,
    status: key.status,
    previousKeyUntil: previous === null ? null : (key.previousKey?.until.toString() ?? null),
    gatewayPublicKey: gatewayPublicKeyOf(await openSecret(sealer, key)),
    createdAt: key.createdAt.toString(),
    updatedAt: key.updatedAt.toString(),
  };
}
