import { z } from 'zod';
import { parseRate, type Rate } from './rate.ts';

/** How often one source may come to one process; null: as often as it likes. */
export interface RateLimitSettings {
  /** By API key or app name. */
  readonly callers: Rate | null;
  /** By client address, of what names no caller. */
  readonly addresses: Rate | null;
  /** Wrong credentials by client address, and by the key or app they were tried at. */
  readonly badCredentials: Rate | null;
  /** Wrong passwords and codes of people by client address, whoever they were tried at. */
  readonly badSignIns: Rate | null;
  /** Checkout tokens that open nothing, by client address. */
  readonly badTokens: Rate | null;
  /** Names that the proxy asks about and whose answer is not at hand. */
  readonly domainQuestions: Rate | null;
}

/** So many requests at once, filled up again within so many seconds; `none`: no limit. */
const rate = (preset: string) =>
  z
    .string()
    .default(preset)
    .transform(parseRate)
    .refine((read) => read !== undefined, 'Must be none, or a count and seconds such as 600/60');

/** The variables of the environment, each with what holds unless it is set. */
export const RATE_LIMIT_VARIABLES = {
  // Far above what one back end sends, far below what one process takes.
  TOLLGATE_RATE_LIMIT_CALLERS: rate('5000/10'),
  // Shoppers of one mobile network share few addresses; a checkout is about ten requests.
  TOLLGATE_RATE_LIMIT_ADDRESSES: rate('3000/60'),
  TOLLGATE_RATE_LIMIT_BAD_CREDENTIALS: rate('60/60'),
  // An office behind one address mistypes less than this; who tries one password at many people does not.
  TOLLGATE_RATE_LIMIT_BAD_SIGN_INS: rate('30/600'),
  TOLLGATE_RATE_LIMIT_BAD_TOKENS: rate('60/60'),
  // A proxy asks from one address for everybody; what it costs is bounded by the batches it is looked up in.
  TOLLGATE_RATE_LIMIT_DOMAIN_QUESTIONS: rate('20000/10'),
};

type Values = z.output<z.ZodObject<typeof RATE_LIMIT_VARIABLES>>;

/** What was set, by what it limits. */
export function rateLimitsOf(set: Values): RateLimitSettings {
  return {
    callers: set.TOLLGATE_RATE_LIMIT_CALLERS ?? null,
    addresses: set.TOLLGATE_RATE_LIMIT_ADDRESSES ?? null,
    badCredentials: set.TOLLGATE_RATE_LIMIT_BAD_CREDENTIALS ?? null,
    badSignIns: set.TOLLGATE_RATE_LIMIT_BAD_SIGN_INS ?? null,
    badTokens: set.TOLLGATE_RATE_LIMIT_BAD_TOKENS ?? null,
    domainQuestions: set.TOLLGATE_RATE_LIMIT_DOMAIN_QUESTIONS ?? null,
  };
}
