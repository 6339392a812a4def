import { amountToJson } from '../../kernel/money.ts';
import type {
  AttemptRef,
  CaptureAnswer,
  CaptureInput,
  NotSent,
  RefundAnswer,
  RefundInput,
  Refused,
  ReversalAnswer,
  ReversalInput,
  Unknown,
} from '../provider.ts';
import type { EvidenceAnswer, EvidenceInput } from '../provider-evidence.ts';
import { unknown } from '../read-answer.ts';
import { askSandbox, chargePath, type SandboxAddress, type SandboxCall } from './sandbox-client.ts';
import { captureReportOf, disputeReportOf, refundReportOf, reversalReportOf } from './sandbox-reports.ts';
import { type WireOperation, wireCapture, wireDispute, wireRefund, wireReversal } from './sandbox-wire.ts';

/** Captures; the answer counts only if it is about this very capture. */
export async function captureAtSandbox(
  address: SandboxAddress,
  call: SandboxCall,
  input: CaptureInput,
): Promise<CaptureAnswer> {
  const { captureId: reference, final } = input;
  const made = await make(address, call, 'captures', input, { reference, final }, readerOf(wireCapture));
  if (made.kind !== 'made') return made;
  if (made.operation.final !== final) return unknown('the answer is about another capture');
  return { kind: 'answered', capture: captureReportOf(made.operation) };
}

/** Refunds; the answer counts only if it is about this very refund. */
export async function refundAtSandbox(
  address: SandboxAddress,
  call: SandboxCall,
  input: RefundInput,
): Promise<RefundAnswer> {
  const { refundId: reference, reason } = input;
  const made = await make(address, call, 'refunds', input, { reference, reason }, readerOf(wireRefund));
  return made.kind === 'made' ? { kind: 'answered', refund: refundReportOf(made.operation) } : made;
}

/** Reverses; the answer counts only if it is about this very reversal. */
export async function reverseAtSandbox(
  address: SandboxAddress,
  call: SandboxCall,
  input: ReversalInput,
): Promise<ReversalAnswer> {
  const { reversalId: reference } = input;
  const made = await make(address, call, 'reversals', input, { reference }, readerOf(wireReversal));
  return made.kind === 'made' ? { kind: 'answered', reversal: reversalReportOf(made.operation) } : made;
}

/** Hands in evidence; the answer counts only if the dispute is the one meant and has left the state before. */
export async function submitEvidenceToSandbox(
  address: SandboxAddress,
  call: SandboxCall,
  input: EvidenceInput,
): Promise<EvidenceAnswer> {
  const { attemptId, disputeRef, evidenceKey: key, text } = input;
  const path = `${chargePath(attemptId)}/disputes/${encodeURIComponent(disputeRef)}/evidence`;
  const reply = await askSandbox(address, call, { method: 'POST', path, body: { key, text } });
  if (reply.kind !== 'ok') return reply;
  const parsed = wireDispute.safeParse(reply.body);
  if (!parsed.success) return unknown('the answer is no dispute');
  const found = parsed.data;
  if (found.id !== disputeRef || !isOf(found, input)) return unknown('the answer is about another dispute');
  if (found.state === 'opened' || found.state === 'inquiry') return unknown('the answer takes no notice of evidence');
  if (found.reinstated > found.withdrawn || found.withdrawn > found.amount) {
    return unknown('the answer contradicts itself');
  }
  return { kind: 'answered', dispute: disputeReportOf(found) };
}

interface OperationInput extends AttemptRef {
  readonly amount: CaptureInput['amount'];
  readonly notificationUrl: string;
}

/** What one kind of operation adds to a request. */
interface Own {
  readonly reference: string;
  readonly final?: boolean;
  readonly reason?: string | undefined;
}

type Made<Wire> = { readonly kind: 'made'; readonly operation: Wire } | Refused | NotSent | Unknown;

async function make<Wire extends WireOperation>(
  address: SandboxAddress,
  call: SandboxCall,
  collection: string,
  input: OperationInput,
  own: Own,
  read: (body: unknown) => Wire | null,
): Promise<Made<Wire>> {
  const { amount, currency } = input.amount;
  const reply = await askSandbox(address, call, {
    method: 'POST',
    path: `${chargePath(input.attemptId)}/${collection}`,
    body: { ...own, amount: amountToJson(amount), currency, notificationUrl: input.notificationUrl },
  });
  if (reply.kind !== 'ok') return reply;
  const operation = read(reply.body);
  if (operation === null) return unknown('the answer is none of these operations');
  if (operation.reference !== own.reference) return unknown('the answer is about another operation');
  if (!isOf(operation, input)) return unknown('the answer is about another charge');
  if (operation.amount !== amount || operation.currency !== currency) return unknown('the answer has another amount');
  return { kind: 'made', operation };
}

/** Reads a body by a schema; null where it does not fit. */
function readerOf<Wire>(schema: {
  safeParse(body: unknown): { readonly success: true; readonly data: Wire } | { readonly success: false };
}): (body: unknown) => Wire | null {
  return (body) => {
    const parsed = schema.safeParse(body);
    return parsed.success ? parsed.data : null;
  };
}

/** Whether a part says that it belongs to the charge that was asked about. */
function isOf(part: { readonly chargeId: string; readonly chargeReference: string }, attempt: AttemptRef): boolean {
  const { attemptId, providerRef } = attempt;
  return part.chargeReference === attemptId && (providerRef === undefined || part.chargeId === providerRef);
}
