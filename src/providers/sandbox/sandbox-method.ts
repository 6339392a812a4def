import { z } from 'zod';

/** What a shopper or a test may choose; every other amount and token is the sandbox's own business (its README). */
const TOKENS = [
  'tok_approve',
  'tok_authorize_only',
  'tok_decline_insufficient_funds',
  'tok_decline_fraud',
  'tok_redirect',
  'tok_qr',
  'tok_pending_then_approve',
  'tok_pending_then_decline',
  'tok_pending_forever',
  'tok_late_approve',
  'tok_charge_then_timeout',
  'tok_charge_then_502',
  'tok_refuse_connection',
  'tok_ipn_before_answer',
  'tok_duplicate_ipn',
  'tok_reordered_ipn',
  'tok_delayed_ipn',
  'tok_bad_signature_ipn',
  'tok_stale_ipn',
  'tok_no_ipn',
  'tok_decline_then_approve',
  'tok_authorization_lapses',
  'tok_dispute_won',
  'tok_dispute_lost',
  'tok_dispute_inquiry',
] as const;

/** The `method` of a confirm request; without one the sandbox decides by the amount. */
export const sandboxMethod = z.strictObject({ type: z.literal('sandbox'), token: z.enum(TOKENS) }).optional();
