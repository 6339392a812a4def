import { z } from 'zod';
import { instant } from './shapes.ts';

/** What an endpoint under four eyes answers with 202 where a second person has to approve first. */
export const approvalRequested = z
  .strictObject({
    object: z.literal('approval_requested'),
    approvalId: z.string().meta({ description: 'Nothing is done before somebody else approves of it.' }),
    expiresAt: instant,
  })
  .meta({ id: 'ApprovalRequested' });
export type ApprovalRequested = z.output<typeof approvalRequested>;
