/** Seconds before each of eleven resends: 5 s, 30 s, 2, 10, 30 min, 1, 3, 6, 12, 24, 30 h; over 76 hours in all. */
export const DEFAULT_SCHEDULE: readonly number[] = [
  5, 30, 120, 600, 1_800, 3_600, 10_800, 21_600, 43_200, 86_400, 108_000,
];

/**
 * Where a receipt is waited for there are five resends (https://support.bluesnap.com/docs/ipn-setup, "up to five more
 * times"). 30 s, 10 min, 1, 6, 24 h: the few that there are reach past a night.
 */
export const RECEIPT_SCHEDULE: readonly number[] = [30, 600, 3_600, 21_600, 86_400];
