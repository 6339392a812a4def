import { joinHeaders } from '../notifications/delivery-json.ts';
import type { Trial } from '../notifications/try-receiver.ts';
import type { OutboundOutcome } from '../platform/outbound-http.ts';
import type { TrialAnswer } from './api.ts';

const BODY_SHOWN_BYTES = 4_096;

/** A trial as other programs see it. */
export function trialJson({ passed, problem, delivery, request, probe, outcome }: Trial): TrialAnswer {
  const { headers, body } = request.message;
  return {
    ...{ passed, problem },
    ...{ deliveryId: delivery.deliveryId, eventId: delivery.eventId, eventType: delivery.eventType },
    request: {
      method: 'POST',
      url: request.url,
      headers: { ...headers },
      body: Buffer.from(body).toString('utf8'),
      signedText: request.signed.text,
      signatureVerifies: request.signed.verifies,
    },
    probe: probe === null ? null : probeJson(probe),
    response: responseJson(outcome),
  };
}

function probeJson(outcome: OutboundOutcome): NonNullable<TrialAnswer['probe']> {
  const durationMs = Math.round(outcome.timings.totalMs);
  return outcome.kind === 'answered'
    ? { status: outcome.status, error: null, durationMs }
    : { status: null, error: `${outcome.reason}: ${outcome.detail}`, durationMs };
}

function responseJson(outcome: OutboundOutcome): TrialAnswer['response'] {
  if (outcome.kind !== 'answered') return null;
  return {
    status: outcome.status,
    durationMs: Math.round(outcome.timings.totalMs),
    headers: joinHeaders(outcome.headers),
    body: Buffer.from(outcome.body.subarray(0, BODY_SHOWN_BYTES)).toString('utf8'),
    remoteAddress: outcome.remoteAddress,
  };
}
