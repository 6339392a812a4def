import { buildOpenApi, type OpenApi } from '../platform/openapi/build-openapi.ts';
import { ENDPOINTS } from './declarations.ts';

const API_VERSION = '1.0.0';

/** The OpenAPI document of everything declared, from which `npm run gen` makes the files that are committed. */
export function describeApi(serverUrl: string): OpenApi {
  return buildOpenApi({
    endpoints: ENDPOINTS,
    title: 'Tollgate API',
    version: API_VERSION,
    description:
      'Create a payment, send the shopper to its page, and believe the signed notification. Amounts are whole minor ' +
      'units; instants are RFC 3339 in UTC; lists are newest first.',
    servers: [{ url: serverUrl }],
  });
}
