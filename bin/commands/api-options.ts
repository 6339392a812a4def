import { readApiAccess } from '../../src/config.ts';
import { Problem } from '../../src/kernel/problem.ts';
import { createOutboundHttp, type OutboundHttp } from '../../src/platform/outbound-http.ts';
import { readDemoApiKey } from '../../src/roles/demo.ts';
import { type ApiClient, createApiClient } from '../../src/workbench/api-client.ts';

/** What every command takes that works through the API. */
export interface ApiOptions {
  readonly apiUrl?: string;
  readonly apiKey?: string;
  readonly json?: boolean;
}

/** Runs a command with the API, and with a way to this machine's own addresses. */
export async function withApi<T>(
  options: ApiOptions,
  work: (api: ApiClient, http: OutboundHttp) => Promise<T>,
): Promise<T> {
  const access = readApiAccess();
  const apiKey = options.apiKey ?? access.apiKey ?? (await readDemoApiKey(access.dataDir));
  if (apiKey === null) throw new Problem('unauthenticated', 'Give --api-key, or set TOLLGATE_API_KEY.');
  const http = createOutboundHttp({ allowPrivateTargets: true, userAgent: 'Tollgate/0.1 (+cli)' });
  try {
    return await work(createApiClient(http, (options.apiUrl ?? access.apiUrl).replace(/\/+$/, ''), apiKey), http);
  } finally {
    await http.close();
  }
}
