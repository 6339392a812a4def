import type { Endpoint } from '../../kernel/endpoint.ts';
import { PROBLEMS, type ProblemCode } from '../../kernel/problem.ts';

/** What any endpoint may answer before its verb is reached, whatever it declares. */
export const GENERAL_PROBLEMS: readonly ProblemCode[] = [
  'malformed_request',
  'https_required',
  'misdirected_request',
  'uri_too_long',
  'validation_failed',
  'too_many_requests',
  'headers_too_large',
  'request_timeout',
  // Of a tenant that was removed, whose secrets nobody can open any more.
  'gone',
  'internal_error',
  'unavailable',
];

/** Every refusal an endpoint may give, its own and those of its kind, by status and code. */
export function problemsOf(endpoint: Endpoint): readonly ProblemCode[] {
  const codes = new Set<ProblemCode>([...GENERAL_PROBLEMS, ...endpoint.problems]);
  if (endpoint.access.by !== 'anyone') codes.add('unauthenticated').add('forbidden').add('not_found');
  if (endpoint.stepUp === true) codes.add('step_up_required');
  if (endpoint.body !== undefined) codes.add('card_number_not_allowed');
  if (endpoint.params !== undefined) codes.add('not_found');
  if (endpoint.method !== 'GET') codes.add('body_too_large').add('unsupported_media_type');
  if (endpoint.method !== 'GET' && endpoint.file === undefined) codes.add('malformed_json');
  if (endpoint.idempotency === 'optional') codes.add('idempotency_key_reused').add('idempotency_in_progress');
  return [...codes].sort((a, b) => PROBLEMS[a].status - PROBLEMS[b].status || (a < b ? -1 : 1));
}
