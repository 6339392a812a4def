import { z } from 'zod';

/** The `method` of a confirm request: cards by BlueSnap's hosted fields are all there is to choose. */
export const bluesnapMethod = z.strictObject({ type: z.literal('bluesnap') }).optional();
