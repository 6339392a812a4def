import type { Signal } from '../src/payments/signal.ts';

/** A provider's word that it captured the whole of a payment that was made for a benchmark. */
export function capturedReport(attemptId: string): Signal {
  const report = { state: 'captured', amount: { amount: 1250n, currency: 'EUR' } } as const;
  return { kind: 'attempt_reported', attemptId, providerRef: `ch_${attemptId}`, report };
}
