import { z } from 'zod';
import type { Sealer } from '../keys/sealer.ts';
import type { CreateInput } from '../providers/provider.ts';
import type { Attempt } from './attempt.ts';

/** The stored form of a provider request: what JSON cannot carry as text. */
const storedRequest = z.strictObject({
  attemptId: z.string(),
  amount: z.strictObject({ amount: z.string().transform(BigInt), currency: z.string() }),
  captureMethod: z.enum(['automatic', 'manual']),
  // Left out where the provider account decides.
  method: z.unknown().optional(),
  returnUrl: z.string(),
  notificationUrl: z.string(),
  expiresAt: z.string().transform((text) => Temporal.Instant.from(text)),
  description: z.string().exactOptional(),
  statementDescriptor: z.string().exactOptional(),
  locale: z.string().exactOptional(),
  terminalId: z.string().exactOptional(),
  subMerchantName: z.string().exactOptional(),
  mcc: z.string().exactOptional(),
  rrn2: z.string().exactOptional(),
});

/** Seals a request before it is sent, so that a repeat after a crash is the same request to the last letter. */
export function sealRequest(sealer: Sealer, tenantId: string, input: CreateInput): Promise<Buffer> {
  const json = JSON.stringify(input, (_key, value) => (typeof value === 'bigint' ? value.toString() : value));
  return sealer.seal(requestPlace(tenantId, input.attemptId), json);
}

/** The request as first sent. @throws Error where the sealed bytes were changed or moved */
export async function openRequest(sealer: Sealer, attempt: Attempt): Promise<CreateInput> {
  const json = String(await sealer.open(requestPlace(attempt.tenantId, attempt.attemptId), attempt.requestSealed));
  const { method, ...request } = storedRequest.parse(JSON.parse(json));
  return { ...request, method };
}

function requestPlace(tenantId: string, attemptId: string) {
  return { tenantId, table: 'attempts', column: 'request_sealed', row: attemptId };
}
