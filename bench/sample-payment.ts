import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { request } from 'undici';
import { type BaselineRows, baselineRows, readSample } from './baseline-rows.ts';
import type { GatewayProcess } from './gateway-process.ts';
import { paymentBody } from './payment-body.ts';

/** Creates one payment outside all windows and makes of its rows what the baselines write. @throws Error where it is refused */
export async function sampleRows(
  pool: pg.Pool,
  gateway: Pick<GatewayProcess, 'apiUrl' | 'apiKey'>,
): Promise<BaselineRows> {
  const { statusCode, body } = await request(`${gateway.apiUrl}/api/v1/payments`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${gateway.apiKey}`,
      'idempotency-key': randomUUID(),
      'content-type': 'application/json',
    },
    body: paymentBody('bench-0000-0000000000'),
  });
  const answer = (await body.json()) as { readonly id?: string };
  if (statusCode !== 201 || answer.id === undefined) throw new Error(`The sample was answered with ${statusCode}`);
  return baselineRows(await readSample(pool, answer.id));
}
