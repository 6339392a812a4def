import type { OutboundOutcome } from '../platform/outbound-http.ts';
import type { WholeRow } from '../platform/recordset.ts';
import type { Delivery } from './delivery.ts';

/** One request that was made for a delivery, or that could not be. */
export interface MadeAttempt {
  readonly delivery: Pick<Delivery, 'tenantId' | 'deliveryId'>;
  readonly number: number;
  readonly at: Temporal.Instant;
  readonly url: string;
  /** As they were sent; null: there was nothing to send. */
  readonly headers: Readonly<Record<string, string>> | null;
  readonly outcome: OutboundOutcome;
  readonly acknowledged: boolean;
}

/** How much of an answer is read and kept. */
export const RESPONSE_BYTES_MAX = 65_536;

/** Whoever reads a kept signature could send the message again under our name while its stamp is fresh. */
const SIGNATURE_HEADER = /signature|authorization/;
const NOT_KEPT = '(not kept)';

/** The row of an attempt. */
export function attemptRow(made: MadeAttempt): WholeRow<'delivery_attempts'> {
  const { delivery, outcome } = made;
  const answered = outcome.kind === 'answered' ? outcome : null;
  return {
    tenant_id: delivery.tenantId,
    delivery_id: delivery.deliveryId,
    attempt_number: made.number,
    attempted_at: made.at,
    duration_ms: Math.round(outcome.timings.totalMs),
    url: made.url,
    outcome: attemptKind(made),
    status_code: answered?.status ?? null,
    error: attemptError(made),
    remote_address: answered?.remoteAddress ?? null,
    response_headers: answered?.headers ?? null,
    response_body: answered === null ? null : bufferOf(answered.body),
    request_headers: made.headers === null ? null : withoutSignatures(made.headers),
    timings: timingsOf(outcome),
  };
}

/** The same bytes, not a copy of them. */
function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** What an attempt came to. */
function attemptKind({
  outcome,
  acknowledged,
}: Pick<MadeAttempt, 'outcome' | 'acknowledged'>): 'acknowledged' | 'refused' | 'lost' | 'not_sent' {
  if (acknowledged) return 'acknowledged';
  return outcome.kind === 'answered' ? 'refused' : outcome.kind;
}

/** Why an attempt was not acknowledged, in words; null where it was. */
export function attemptError({ outcome, acknowledged }: Pick<MadeAttempt, 'outcome' | 'acknowledged'>): string | null {
  if (acknowledged) return null;
  return outcome.kind === 'answered' ? `HTTP ${outcome.status}` : `${outcome.reason}: ${outcome.detail}`;
}

function withoutSignatures(headers: Readonly<Record<string, string>>): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of Object.keys(headers)) kept[name] = SIGNATURE_HEADER.test(name) ? NOT_KEPT : (headers[name] ?? '');
  return kept;
}

function timingsOf({ timings: { firstByteMs, connecting } }: OutboundOutcome): Record<string, number | null> {
  const whole = (ms: number | null) => (ms === null ? null : Math.round(ms));
  return {
    firstByteMs: whole(firstByteMs),
    dnsMs: whole(connecting?.dnsMs ?? null),
    tcpMs: whole(connecting?.tcpMs ?? null),
    tlsMs: whole(connecting?.tlsMs ?? null),
  };
}
