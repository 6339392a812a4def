import type { z } from 'zod';
import type { Mode } from '../kernel/caller.ts';
import { type FieldError, Problem } from '../kernel/problem.ts';
import { webhookEndpoint } from '../notifications/api-endpoints.ts';
import type { DialectEvent } from '../notifications/dialects/dialect.ts';
import { captureObject, disputeObject, refundObject, reversalObject } from '../payments/operation-json.ts';
import { paymentObject } from '../payments/payment-shape.ts';
import { exceptionObject, payoutObject } from '../reconciliation/reconciliation-json.ts';

/** Values that replace those of a sample, member by member. */
export type Edits = Readonly<Record<string, unknown>>;

/** What the objects of events look like, by the noun before the dot. A type of another noun cannot be edited. */
const SHAPES: Readonly<Record<string, z.ZodType>> = {
  payment: paymentObject,
  capture: captureObject,
  refund: refundObject,
  reversal: reversalObject,
  dispute: disputeObject,
  payout: payoutObject,
  reconciliation: exceptionObject,
  endpoint: webhookEndpoint,
};

/** Whose it is and whether money is real: a receiver trusts these, so that nobody may make them up. */
const FIXED = ['mode', 'tenantId'] as const;
/** What a payment is from its beginning on; dialects that name the order read it from there. */
const FROM_THE_BEGINNING = ['id', 'reference', 'orderId', 'productId', 'amount', 'currency', 'description', 'metadata'];

/**
 * A made-up event with values of the developer's own, so that a receiver meets the case they have in mind. In test mode
 * alone: signed with a live key it could tell a shop that an order of somebody's choice was paid.
 * @throws Problem validation_failed in live mode, and where the object would not be one that we ever send
 */
export function editSample(event: DialectEvent, edits: Edits | undefined, mode: Mode): DialectEvent {
  if (edits === undefined || Object.keys(edits).length === 0) return event;
  if (mode !== 'test') throw refusal([{ pointer: '/object', detail: 'Must be left out in live mode' }]);
  const fixed = FIXED.filter((name) => Object.hasOwn(edits, name));
  if (fixed.length > 0) {
    throw refusal(fixed.map((name) => ({ pointer: `/object/${name}`, detail: 'Must be left out; it stays as it is' })));
  }
  const object = merged(event.object, edits);
  const [noun = ''] = event.type.split('.');
  const parsed = SHAPES[noun]?.safeParse(object);
  if (parsed?.success !== true) throw refusal(rulesOf(parsed?.error));
  return { ...event, object, payment: noun === 'payment' ? begunAs(event.payment, object) : event.payment };
}

/** Members replace members, also deeper; lists and everything else are taken whole. */
function merged(sample: unknown, edits: Edits): Record<string, unknown> {
  const before = isRecord(sample) ? sample : {};
  const after = Object.entries(edits).map(([name, edit]) => {
    const old = Object.hasOwn(before, name) ? before[name] : undefined;
    return [name, isRecord(edit) && isRecord(old) ? merged(old, edit) : edit] as const;
  });
  return { ...before, ...Object.fromEntries(after) };
}

function begunAs(payment: unknown, edited: Readonly<Record<string, unknown>>): unknown {
  if (!isRecord(payment)) return payment;
  const kept = FROM_THE_BEGINNING.filter((name) => Object.hasOwn(payment, name));
  return { ...payment, ...Object.fromEntries(kept.map((name) => [name, edited[name]])) };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function rulesOf(error: z.ZodError | undefined): readonly FieldError[] {
  const issues = error?.issues ?? [];
  if (issues.length === 0) return [{ pointer: '/object', detail: 'Must be left out for events of this type' }];
  return issues.slice(0, 20).map(({ path, message }) => ({ pointer: ['/object', ...path].join('/'), detail: message }));
}

function refusal(errors: readonly FieldError[]): Problem {
  return new Problem('validation_failed', 'The object would not be one that is ever sent.', { errors });
}
