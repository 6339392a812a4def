import { z } from 'zod';

const addressRanges = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .pipe(
    z.array(
      z.union(
        [z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()],
        'Must be a comma-separated list of IP addresses and ranges, such as 203.0.113.7 and 2001:db8::/64',
      ),
    ),
  );

/** Who is asked for names, and where our requests come from. */
export const ADDRESS_VARIABLES = {
  TOLLGATE_DNS_SERVERS: z
    .string()
    .transform((text) => text.split(',').map((server) => server.trim()))
    .pipe(
      z.array(
        z
          .string()
          .regex(
            /^(\d{1,3}(\.\d{1,3}){3}(:\d{1,5})?|\[[0-9a-fA-F:]+\](:\d{1,5})?)$/,
            'Must be addresses such as 192.0.2.1 or [2001:db8::1]:53, with commas between',
          ),
      ),
    )
    .optional(),
  TOLLGATE_EGRESS_ADDRESSES_LIVE: addressRanges.optional(),
  TOLLGATE_EGRESS_ADDRESSES_TEST: addressRanges.optional(),
};
