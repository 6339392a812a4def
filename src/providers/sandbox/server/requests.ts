import { createHash } from 'node:crypto';
import { z } from 'zod';
import { isCurrency } from '../../../kernel/currency.ts';
import { AMOUNT_MAX } from '../../../kernel/money.ts';
import { Refusal } from './refusal.ts';
import { TOKENS } from './scenario.ts';

// None of these may contain a dot: a signed text has its parts separated by dots (signature.ts).
export const merchantCode = z.string().regex(/^[A-Za-z0-9_-]{1,40}$/);
const reference = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);
const secretKey = z.string().min(16).max(200);
const amount = z
  .int()
  .positive()
  .max(Number(AMOUNT_MAX))
  .transform((json) => BigInt(json));
const currency = z.string().refine(isCurrency, 'is no active ISO 4217 code');
const webUrl = z.url({ protocol: /^https?$/ }).max(2_000);
const instant = z.iso.datetime().transform((text) => Temporal.Instant.from(text).epochMilliseconds);

export const secretRequest = z.strictObject({ secretKey });
export const openChargeRequest = z.strictObject({
  reference,
  amount,
  currency,
  captureMethod: z.enum(['automatic', 'manual']),
  token: z.enum(TOKENS).optional(),
  description: z.string().max(1_000).optional(),
  returnUrl: webUrl,
  notificationUrl: webUrl,
  expiresAt: instant,
});
export const cancelRequest = z.strictObject({ releaseAuthorization: z.boolean().optional() });
const operation = { reference, amount, currency, notificationUrl: webUrl };
/** What a merchant asks for, by kind of operation. */
export const operationRequests = {
  capture: z.strictObject({ ...operation, final: z.boolean() }),
  refund: z.strictObject({ ...operation, reason: z.string().max(1_000).optional() }),
  reversal: z.strictObject(operation),
} as const;
export const evidenceRequest = z.strictObject({
  key: z.string().min(1).max(200),
  text: z.string().min(1).max(20_000),
});
/** What a person asks for at the console. */
export const consoleRequests = {
  capture: z.strictObject({ amount, final: z.boolean() }),
  refund: z.strictObject({ amount }),
} as const;
export const voidRequest = z.strictObject({});

export type OpenChargeRequest = z.output<typeof openChargeRequest>;
/** Any of the operations; the members that not every kind has are optional. */
export interface OperationRequest {
  readonly reference: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly notificationUrl: string;
  readonly final?: boolean | undefined;
  readonly reason?: string | undefined;
}
export type EvidenceRequest = z.output<typeof evidenceRequest>;

/**
 * The body of a request, read strictly. An empty one counts as `{}`.
 * @throws Refusal malformed | validation_failed, naming fields and rules, never values
 */
export function parseBody<T>(schema: z.ZodType<T>, bytes: Uint8Array): T {
  const parsed = schema.safeParse(bytes.length === 0 ? {} : jsonOf(bytes));
  if (parsed.success) return parsed.data;
  const rules = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.code}`);
  throw new Refusal('validation_failed', rules.join('; '));
}

/** Equal for requests that say the same, whatever the order of their members. */
export function contentHashOf(request: object): string {
  const members = Object.entries(request)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, typeof value === 'bigint' ? value.toString() : value])
    .sort();
  return createHash('sha256').update(JSON.stringify(members)).digest('hex');
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new Refusal('malformed', 'The body is not JSON in UTF-8');
  }
}
