import { createHmac } from 'node:crypto';
import { openProviderAccount } from '../../src/provider-accounts/open-provider-account.ts';
import type { SandboxCredentials } from '../../src/providers/sandbox/sandbox-credentials.ts';
import { type Answer, call } from './api-client.ts';
import type { Installation } from './installation.ts';
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
export async function holdNotifications(
  { tollgate, apiUrl, database, tenant }: Installation,
  sink: WebhookSink,
): Promise<SandboxNotifier> {
  const { tenantId } = tenant.tenant;
  const { payments, clock } = tollgate.gateway;
  const [account] = await database.run<{ id: string }>(
    'select provider_account_id as id from provider_accounts where tenant_id = $1',
    [tenantId],
  );
  if (account === undefined) throw new Error('The tenant has no account at the sandbox');
  const opened = await openProviderAccount(payments, tenantId, account.id);
  const { secretKey } = opened.call.credentials as SandboxCredentials;
  const path = `/hooks/sandbox/${account.id}`;
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
      call(`${apiUrl}${to}`, { rawBody: body, headers: { 'sandbox-signature': signature } }),
  };
}
