import type { Config } from '../config.ts';
import type { Mode } from '../kernel/caller.ts';
import type { TargetPolicy } from '../platform/outbound-address.ts';
import { createOutboundHttp, type OutboundHttp } from '../platform/outbound-http.ts';

/** By which the outside is called: private addresses at most in test mode, and where the operator lets them. */
export interface WaysOut {
  readonly publicHttp: OutboundHttp;
  /** For what runs on this machine beside us, such as the sandbox. */
  readonly privateHttp: OutboundHttp;
  /** To providers, and to whatever else a tenant of the mode names. */
  readonly outboundHttp: (mode: Mode) => OutboundHttp;
  /**
   * To who is told: on connections of their own, since receivers that do not answer hold theirs for as long as they can.
   */
  readonly deliveryHttp: (mode: Mode) => OutboundHttp;
  readonly targetPolicy: (mode: Mode) => TargetPolicy;
  close(): Promise<void>;
}

/** Many tenants' receivers may be paths of one platform, and one that does not answer must not hold all of them up. */
const TOLD_CONNECTIONS_PER_ORIGIN_MAX = 256;
const USER_AGENT = 'Tollgate/0.1 (+webhooks)';

/** Opens the ways out; they connect when they are used. `ownPorts`: where nothing that a tenant names may lead. */
export function openWaysOut(
  { allowPrivateTargets }: Pick<Config, 'allowPrivateTargets'>,
  ownPorts: ReadonlySet<number>,
): WaysOut {
  const told = { userAgent: USER_AGENT, maxConnectionsPerOrigin: TOLD_CONNECTIONS_PER_ORIGIN_MAX, ownPorts };
  const publicHttp = createOutboundHttp({ allowPrivateTargets: false, userAgent: USER_AGENT });
  const privateHttp = createOutboundHttp({ allowPrivateTargets: true, userAgent: USER_AGENT });
  const publicTold = createOutboundHttp({ ...told, allowPrivateTargets: false });
  const privateTold = createOutboundHttp({ ...told, allowPrivateTargets: true });
  const privateAllowed = (mode: Mode) => allowPrivateTargets && mode === 'test';
  return {
    publicHttp,
    privateHttp,
    outboundHttp: (mode) => (privateAllowed(mode) ? privateHttp : publicHttp),
    deliveryHttp: (mode) => (privateAllowed(mode) ? privateTold : publicTold),
    targetPolicy: (mode) => ({ allowPrivateTargets: privateAllowed(mode), ownPorts }),
    async close() {
      await Promise.all([publicHttp, privateHttp, publicTold, privateTold].map((http) => http.close()));
    },
  };
}
