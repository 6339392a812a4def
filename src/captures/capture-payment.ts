import { runOnceInTwoPhases } from '../idempotency/run-once.ts';
import type { TenantCaller } from '../kernel/caller.ts';
import { amountFromJson } from '../kernel/money.ts';
import { Problem } from '../kernel/problem.ts';
import type { Capture } from '../payments/capture.ts';
import type { PaymentContext } from '../payments/context.ts';
import { newCapture } from '../payments/decide-capture.ts';
import { makingWith } from '../payments/decision.ts';
import { dispatchOperation } from '../payments/dispatch-operation.ts';
import { isBeingSent } from '../payments/operation.ts';
import { type CaptureObject, captureJson } from '../payments/operation-json.ts';
import { capturableAmount } from '../payments/payment.ts';
import { type PaymentWithAttempt, readPayment } from '../payments/read-payment.ts';
import type { EndpointAnswer, IdempotencyClaim } from '../platform/http/bind-endpoint.ts';
import { openProviderAccount } from '../provider-accounts/open-provider-account.ts';
import type { Capabilities } from '../providers/provider-capabilities.ts';
import { readCapture } from './read-capture.ts';

interface CaptureRequest {
  readonly paymentId: string;
  readonly amount?: number | undefined;
  /** Releases what stays uncaptured. */
  readonly final: boolean;
}

/**
 * Captures authorized money, all or part of it. Phases: promise the amount and commit the capture; call the provider,
 * key = capture id; apply its answer. What is in doubt stays pending, and its amount stays promised.
 * @throws Problem not_found, state_conflict, amount_not_available, not_supported_by_provider, idempotency_key_reused,
 * idempotency_in_progress
 */
export async function capturePayment(
  context: PaymentContext,
  caller: TenantCaller,
  request: CaptureRequest,
  idempotency: IdempotencyClaim | null,
): Promise<EndpointAnswer<CaptureObject>> {
  const found = await readPayment(context.database.query, caller, request.paymentId);
  const { payment } = found;
  const scope = { tenantId: payment.tenantId, mode: payment.mode, route: 'capturePayment' };
  return runOnceInTwoPhases<CaptureObject, Capture>(context, scope, idempotency, {
    plan: () => planCapture(context, found, request),
    resourceId: ({ captureId }) => captureId,
    async intend(capture, key) {
      await context.applySignal(payment, 'tenant', { kind: 'capture_requested', capture }, { key });
      return true;
    },
    carryOut: (capture) => dispatchOperation(context, capture),
    async answer(captureId) {
      const stored = await readCapture(context.database.query, caller, captureId);
      return isBeingSent(stored) ? null : { status: 201, body: captureJson(stored) };
    },
  });
}

async function planCapture(
  context: PaymentContext,
  { payment, latestAttempt }: PaymentWithAttempt,
  request: CaptureRequest,
): Promise<Capture> {
  if (payment.status !== 'authorized' || latestAttempt === null) {
    throw new Problem('state_conflict', `A payment that is ${payment.status} has nothing to capture.`);
  }
  const available = capturableAmount(payment);
  if (available === 0n) {
    throw new Problem('state_conflict', 'All of this authorization is captured, or being captured or released.');
  }
  const amount = request.amount === undefined ? available : amountFromJson(request.amount);
  const { provider } = await openProviderAccount(context, payment.tenantId, latestAttempt.providerAccountId);
  const isWhole = amount === payment.amountAuthorized;
  const isFirst = payment.amountCaptured + payment.amountCapturePending === 0n;
  const isLast = request.final || amount === available;
  checkCapability(provider.capabilities.capture, { isWhole, isOnly: isFirst && isLast });
  const its = { amount, madeBy: 'tenant', final: request.final } as const;
  const clock = await context.tenantClocks.of(payment.tenantId, payment.mode);
  return newCapture(payment, latestAttempt, makingWith(clock), its);
}

function checkCapability(
  capability: Capabilities['capture'],
  { isWhole, isOnly }: { readonly isWhole: boolean; readonly isOnly: boolean },
): void {
  const refusal =
    capability === false
      ? 'This provider takes money with the authorization only.'
      : !capability.partial && !isWhole
        ? 'This provider captures the whole amount only.'
        : !capability.multiple && !isOnly
          ? 'This provider captures once; send final: true with the first capture.'
          : null;
  if (refusal !== null) throw new Problem('not_supported_by_provider', refusal);
}
