import { z } from 'zod';

/** The `method` of a confirm request. The shopper chooses on the partner's own page, so there is nothing to choose here. */
export const partnerMethod = z.strictObject({ type: z.literal('partner') }).optional();
