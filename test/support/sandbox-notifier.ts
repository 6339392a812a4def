import { createHmac } from 'node:crypto';
import { type Answer, call } from './api-client.ts';
import type { Installation } from './installation.ts';
import { openSandboxAccount } from './sandbox-account.ts';
import type { WebhookSink } from './webhook-sink.ts';

/** A notification of the sandbox as it is on the wire. */
export interface SignedNotification {
  readonly body: string;
  readonly signature: string;
}

/** The sandbox's notifications in the hands of a test: they come to its own sink, and it decides what arrives. */
export interface SandboxNotifier {
  /** What the sandbox has sent about an attempt so far, oldest first. */
  sentAbout(attemptId: string): readonly SignedNotification[];
  /** Signs any text as the sandbox would, now. */
  sign(body: string): SignedNotification;
  deliver(notification: SignedNotification, path?: string): Promise<Answer>;
  /** Where the tenant's account takes notifications. */
  readonly path: string;
}

/**
 * For an installation whose TOLLGATE_HOOKS_URL is the sink's address. The key is read the way the gateway reads it, so
 * that what is signed here is as genuine as it can be.
 */
export async function holdNotifications(installation: Installation, sink: WebhookSink): Promise<SandboxNotifier> {
  const { clock } = installation.tollgate.gateway;
  const { providerAccountId, secretKey } = await openSandboxAccount(installation);
  const path = `/hooks/sandbox/${providerAccountId}`;
  return {
    path,
    sentAbout: (attemptId) =>
      sink.received
        .filter(({ body }) => body.includes(`"${attemptId}"`))
        .map(({ body, headers }) => ({ body, signature: String(headers['sandbox-signature']) })),
    sign(body) {
      const stamp = Math.floor(clock.now().epochMilliseconds / 1_000);
      const hex = createHmac('sha256', secretKey).update(`${stamp}.${body}`).digest('hex');
      return { body, signature: `t=${stamp},v1=${hex}` };
    },
    deliver: ({ body, signature }, to = path) =>
      call(`${installation.apiUrl}${to}`, { rawBody: body, headers: { 'sandbox-signature': signature } }),
  };
}
