import type { Payment } from '../../../sdk/src/api.generated.ts';
import { amountFromJson } from '../../../src/kernel/money.ts';

const HOUR_MS = 3_600_000;

export interface Summary {
  readonly count: number;
  readonly paid: number;
  readonly open: number;
  /** Of those that have ended; null: none has. */
  readonly successRate: number | null;
  /** What was paid and has not gone back, by currency: sums of several currencies mean nothing. */
  readonly volumes: ReadonlyMap<string, bigint>;
  /** The beginnings of the hours, as seconds since 1970. */
  readonly hours: readonly number[];
  readonly paidByHour: readonly number[];
  readonly othersByHour: readonly number[];
}

/** How the payments of some hours up to now went. */
export function summarize(payments: readonly Payment[], nowMs: number, hoursBack: number): Summary {
  const last = Math.floor(nowMs / HOUR_MS);
  const hours = Array.from({ length: hoursBack }, (_, index) => last - hoursBack + 1 + index);
  const paidByHour = hours.map(() => 0);
  const othersByHour = hours.map(() => 0);
  const volumes = new Map<string, bigint>();
  let [paid, open] = [0, 0];
  for (const { status, currency, amountCaptured, amountRefunded, createdAt } of payments) {
    const isPaid = status === 'succeeded';
    if (isPaid) {
      paid += 1;
      const kept = amountFromJson(amountCaptured) - amountFromJson(amountRefunded);
      volumes.set(currency, (volumes.get(currency) ?? 0n) + kept);
    }
    if (status === 'created' || status === 'processing' || status === 'authorized') open += 1;
    const index = Math.floor(Date.parse(createdAt) / HOUR_MS) - (hours[0] ?? 0);
    const counts = isPaid ? paidByHour : othersByHour;
    if (counts[index] !== undefined) counts[index] += 1;
  }
  const ended = payments.length - open;
  return {
    ...{ count: payments.length, paid, open, volumes, paidByHour, othersByHour },
    successRate: ended === 0 ? null : paid / ended,
    hours: hours.map((hour) => (hour * HOUR_MS) / 1_000),
  };
}
