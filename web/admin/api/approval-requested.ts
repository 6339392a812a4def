import type { ApprovalRequested } from '../../../sdk/src/api.generated.ts';

/** Whether nothing was done yet, because a second person has to approve of it. */
export function isApprovalRequested(answer: unknown): answer is ApprovalRequested {
  return typeof answer === 'object' && answer !== null && 'object' in answer && answer.object === 'approval_requested';
}
