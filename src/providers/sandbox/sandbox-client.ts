import { createHmac } from 'node:crypto';
import type { OutboundOutcome, OutboundRequest } from '../../platform/outbound-http.ts';
import type { NotSent, ProviderCall, Refused, Unknown } from '../provider.ts';
import { jsonOf, refused, unknown, wholeAnswer } from '../read-answer.ts';
import { isUsable, type SandboxCredentials } from './sandbox-credentials.ts';
import { wireError } from './sandbox-wire.ts';

export interface SandboxAddress {
  readonly baseUrl: string;
  readonly timeoutMs: number;
}

export type SandboxCall = ProviderCall<SandboxCredentials>;

export interface SandboxRequest {
  readonly method: OutboundRequest['method'];
  readonly path: string;
  readonly body?: unknown;
}

/** What became of a request; `ok` carries a body that is JSON and nothing more is known of. */
export type SandboxReply = { readonly kind: 'ok'; readonly body: unknown } | Refused | NotSent | Unknown;

const RESPONSE_BYTES_MAX = 256 * 1024;

/** The path of an attempt's charge. */
export function chargePath(attemptId: string): string {
  return `/v1/charges/${encodeURIComponent(attemptId)}`;
}

/**
 * Sends one signed request. Where the sandbox has no account for the merchant yet, or does not know its new key during a
 * rotation, that is made good and the request repeated, once: both answers say that nothing was done.
 */
export async function askSandbox(
  address: SandboxAddress,
  call: SandboxCall,
  request: SandboxRequest,
): Promise<SandboxReply> {
  if (call.mode !== 'test') return refused('test_mode_only', 'The sandbox works in test mode only');
  if (!isUsable(call.credentials)) return refused('not_configured', 'The secret key is missing or too short');
  const reply = await sendSigned(address, call, call.credentials, request);
  const remedy = reply.kind === 'refused' ? remedyFor(reply.code, call) : null;
  if (remedy === null) return reply;
  const introduced = await sendSigned(address, call, remedy.signer, remedy.request);
  if (introduced.kind === 'ok') return sendSigned(address, call, call.credentials, request);
  // Whatever became of the introduction, the request itself was turned away.
  return introduced.kind === 'refused'
    ? introduced
    : { kind: 'not_sent', reason: `introduction: ${introduced.reason}` };
}

/** How to make a merchant or its new key known, where the refusal says that this is what is missing. */
function remedyFor(
  code: string,
  { credentials, previousCredentials }: SandboxCall,
): { readonly signer: SandboxCredentials; readonly request: SandboxRequest } | null {
  const path = `/v1/merchants/${credentials.merchantCode}`;
  const body = { secretKey: credentials.secretKey };
  if (code === 'unknown_merchant') return { signer: credentials, request: { method: 'PUT', path, body } };
  const rotating = isUsable(previousCredentials) && previousCredentials.merchantCode === credentials.merchantCode;
  if (code !== 'bad_signature' || !rotating) return null;
  return { signer: previousCredentials, request: { method: 'POST', path: `${path}/secrets`, body } };
}

async function sendSigned(
  { baseUrl, timeoutMs }: SandboxAddress,
  { http, clock }: SandboxCall,
  { merchantCode, secretKey }: SandboxCredentials,
  { method, path, body }: SandboxRequest,
): Promise<SandboxReply> {
  const text = body === undefined ? '' : JSON.stringify(body);
  const timestamp = Math.floor(clock.now().epochMilliseconds / 1000).toString();
  const signature = createHmac('sha256', secretKey).update(`${timestamp}.${method}.${path}.${text}`).digest('hex');
  const outcome = await http.send({
    method,
    url: new URL(path, baseUrl).href,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      'sandbox-merchant': merchantCode,
      'sandbox-timestamp': timestamp,
      'sandbox-signature': signature,
    },
    ...(body === undefined ? {} : { body: text }),
    timeoutMs,
    responseBytesMax: RESPONSE_BYTES_MAX,
  });
  return replyOf(outcome);
}

/** Certain is only what the sandbox said in its own words; every other answer leaves the outcome open. */
function replyOf(outcome: OutboundOutcome): SandboxReply {
  const answer = wholeAnswer(outcome);
  if (answer.kind !== 'whole') return answer;
  const { status, headers, body } = answer;
  const json = jsonOf(body);
  if (json === undefined) return unknown(`unreadable answer with status ${status}`);
  if (status === 200 || status === 201) return { kind: 'ok', body: json };
  const parsed = wireError.safeParse(json);
  if (!parsed.success) return unknown(`unreadable answer with status ${status}`);
  const { code, message } = parsed.data.error;
  if (status === 503 && headers['sandbox-not-executed']?.[0] === 'true') return { kind: 'not_sent', reason: code };
  if (status < 400 || status >= 500) return unknown(`status ${status}: ${code}`);
  // The reference is taken by something else, which a mere refusal would leave out of sight: ask what it is.
  if (code === 'reference_conflict') return unknown(code);
  return refused(code, message);
}
