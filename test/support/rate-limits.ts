/** Tests come from one address with one key, and some of them stop the clock: a bucket would never fill up again. */
export const NO_RATE_LIMITS = {
  TOLLGATE_RATE_LIMIT_CALLERS: 'none',
  TOLLGATE_RATE_LIMIT_ADDRESSES: 'none',
  TOLLGATE_RATE_LIMIT_BAD_CREDENTIALS: 'none',
  TOLLGATE_RATE_LIMIT_BAD_SIGN_INS: 'none',
  TOLLGATE_RATE_LIMIT_BAD_TOKENS: 'none',
  TOLLGATE_RATE_LIMIT_DOMAIN_QUESTIONS: 'none',
} as const;
