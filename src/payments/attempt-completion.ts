import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { assert } from '../kernel/assert.ts';
import type { Sealer } from '../keys/sealer.ts';
import type { CompleteInput } from '../providers/provider.ts';
import type { Attempt } from './attempt.ts';

export type ClientData = CompleteInput['clientData'];

const storedData = z.record(z.string(), z.string());

/** Seals what the browser brought before it is sent, so that a repeat after a crash sends the same. */
export function sealCompletion(
  sealer: Sealer,
  attempt: Pick<Attempt, 'tenantId' | 'attemptId'>,
  clientData: ClientData,
): Promise<Buffer> {
  return sealer.seal(completionPlace(attempt), JSON.stringify(clientData));
}

/** What the browser brought. @throws Error where the sealed bytes were changed or moved */
export async function openCompletion(sealer: Sealer, attempt: Attempt): Promise<ClientData> {
  assert(attempt.completionSealed !== null, 'a second step is sent once its data are stored');
  return storedData.parse(JSON.parse(String(await sealer.open(completionPlace(attempt), attempt.completionSealed))));
}

/** Whether an attempt's second step was begun with these data; their order does not matter. */
export async function isSameCompletion(sealer: Sealer, attempt: Attempt, clientData: ClientData): Promise<boolean> {
  if (attempt.completionSealed === null) return false;
  return isDeepStrictEqual({ ...(await openCompletion(sealer, attempt)) }, { ...clientData });
}

function completionPlace({ tenantId, attemptId }: Pick<Attempt, 'tenantId' | 'attemptId'>) {
  return { tenantId, table: 'attempts', column: 'completion_sealed', row: attemptId };
}
