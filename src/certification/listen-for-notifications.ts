import type { Clock } from '../kernel/clock.ts';
import { type RequestReply, receiveRequests } from '../platform/receive-requests.ts';
import type { PaymentProvider, ProviderCall } from '../providers/provider.ts';
import type { NotificationInbox, ReceivedNotification } from '../providers/provider-certification.ts';
import type { RawWebhook, WebhookOutcome } from '../providers/provider-webhook.ts';

interface ListenOptions {
  readonly provider: PaymentProvider;
  readonly call: ProviderCall<unknown>;
  readonly clock: Clock;
  readonly host: string;
  readonly port: number;
  /** How the provider reaches us; null: as we listen. */
  readonly publicUrl: string | null;
}

const BODY_BYTES_MAX = 256 * 1024;
/** A run has some dozens; what floods the address beyond that is answered and not kept. */
const KEPT_MAX = 1_000;

/**
 * Takes a provider's notifications for the length of a run: verified, judged and answered as the gateway would, with
 * what came kept in memory.
 */
export async function listenForNotifications(
  options: ListenOptions,
): Promise<NotificationInbox & { close(): Promise<void> }> {
  const { provider, call, clock, host, port, publicUrl } = options;
  const received: ReceivedNotification[] = [];
  const contents = new Map<string, string>();
  let isTurnedAway: ((request: RawWebhook) => boolean) | null = null;
  const receiver = await receiveRequests({ host, port, bodyBytesMax: BODY_BYTES_MAX, handle });
  return {
    url: publicUrl ?? `${receiver.url}/ipn`,
    received: async () => [...received],
    turnAway(which) {
      isTurnedAway = which;
    },
    close: () => receiver.close(),
  };

  async function handle(request: Omit<RawWebhook, 'receivedAt'>): Promise<RequestReply> {
    const webhook = { ...request, receivedAt: clock.now() };
    if (isTurnedAway?.(webhook) === true) return keep(webhook, 'turned_away', { status: 503 });
    const outcome = await provider.parseWebhook(call, webhook);
    if (outcome.kind === 'probe') return outcome.reply;
    if (outcome.kind === 'rejected') return keep(webhook, outcome.reason, outcome.reply);
    const verdict = verdictOf(contents, outcome);
    return keep(webhook, verdict, verdict === 'accepted' ? outcome.replies.accepted : outcome.replies.duplicate);
  }

  function keep(request: RawWebhook, verdict: string, reply: RequestReply): RequestReply {
    if (received.length < KEPT_MAX) received.push({ request, verdict });
    return reply;
  }
}

/** By the same keys and contents as the gateway's own table of facts. */
function verdictOf(
  contents: Map<string, string>,
  { events }: Extract<WebhookOutcome, { kind: 'events' }>,
): 'accepted' | 'duplicate' | 'conflicting_duplicate' {
  const isContradicted = events.some(({ dedupeKey, contentHash }) => {
    const known = contents.get(dedupeKey);
    return known !== undefined && known !== contentHash;
  });
  const hasNews = events.length === 0 || events.some(({ dedupeKey }) => !contents.has(dedupeKey));
  for (const { dedupeKey, contentHash } of events) if (!contents.has(dedupeKey)) contents.set(dedupeKey, contentHash);
  if (isContradicted) return 'conflicting_duplicate';
  return hasNews ? 'accepted' : 'duplicate';
}
