/** For tests only: a run of the acceptance cases against the simulated partner, sound or broken, on a clock of its own. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ManualClock } from '../../../kernel/clock.ts';
import { createOutboundHttp, type OutboundHttp } from '../../../platform/outbound-http.ts';
import type { CaseFinding, NotificationInbox, Payer, ReceivedNotification } from '../../provider-certification.ts';
import type { RawWebhook } from '../../provider-webhook.ts';
import type { PartnerCredentials } from '../partner-credentials.ts';
import { MERCHANT, newKeyPair, SECRET } from '../partner-fixture.ts';
import { createPartnerProvider } from '../partner-provider.ts';
import type { SimulatedMerchant } from '../simulator/merchant.ts';
import { type PartnerSimulator, startPartnerSimulator } from '../simulator/start-partner-simulator.ts';
import { type Fault, startBrokenPartner } from './broken-partner-fixture.ts';
import { PARTNER_CASES } from './cases.ts';

/** Live partners have https addresses; this one is led to the simulator. */
const LIVE_URL = 'https://live.partner.example';

export interface RunOptions {
  readonly profile?: 'bluecom' | 'neopay';
  readonly keys?: 'secret' | 'rsa';
  readonly fault?: Fault;
  readonly mode?: 'test' | 'live';
  readonly only?: readonly string[];
  readonly apiUrl?: string;
  readonly hasInbox?: boolean;
  /** Whether a running gateway answers notifications, which turns none away. */
  readonly isGateway?: boolean;
  readonly payer?: 'control' | 'nobody';
  readonly prepare?: (simulator: PartnerSimulator) => void;
  /** A gateway of ours that takes whatever comes. */
  readonly believesAll?: boolean;
  /** What strangers send to the open address meanwhile. */
  readonly noise?: readonly string[];
}

export type RunFindings = Readonly<Record<string, CaseFinding>>;

/** Runs the cases in their order and returns what each found. */
export async function runCases(options: RunOptions = {}): Promise<RunFindings> {
  const { profile = 'bluecom', keys = 'secret', fault, mode = 'test', only, hasInbox = true } = options;
  const clock = new ManualClock('2026-03-01T12:00:00Z');
  const provider = createPartnerProvider();
  const http = createOutboundHttp({ allowPrivateTargets: true, userAgent: 'certification-test' });
  const received: ReceivedNotification[] = [];
  const known = new Map<string, string>();
  let turnedAway: ((request: RawWebhook) => boolean) | null = null;
  const listener = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
    const webhook: RawWebhook = {
      ...{ method: incoming.method ?? '', query: {}, headers: incoming.headersDistinct as Record<string, string[]> },
      ...{ body: Buffer.concat(chunks), remoteAddress: '127.0.0.1', receivedAt: clock.now() },
    };
    if (turnedAway?.(webhook) === true) {
      received.push({ request: webhook, verdict: 'turned_away' });
      response.writeHead(503).end();
      return;
    }
    if (options.believesAll === true) {
      received.push({ request: webhook, verdict: 'accepted' });
      response.writeHead(200).end();
      return;
    }
    const outcome = await provider.parseWebhook(call, webhook);
    const { status, body = '' } = outcome.kind === 'events' ? outcome.replies.accepted : outcome.reply;
    const [event] = outcome.kind === 'events' ? outcome.events : [];
    const isNew = event === undefined || !known.has(event.dedupeKey);
    if (event !== undefined) known.set(event.dedupeKey, event.contentHash);
    const verdict = outcome.kind === 'rejected' ? outcome.reason : isNew ? 'accepted' : 'duplicate';
    received.push({ request: webhook, verdict });
    response.writeHead(status).end(body);
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/ipn`;
  const [ours, theirs] = [newKeyPair(), newKeyPair()];
  const rsa = { merchantPublicKey: ours.publicKey, partnerPrivateKey: theirs.privateKey };
  const merchant: SimulatedMerchant = {
    ...{ wire: profile, merchantCode: MERCHANT, secretKeys: keys === 'rsa' ? [] : [SECRET], ipnUrl: url },
    ...(keys === 'rsa' ? { rsa } : {}),
  };
  const simulator = await startPartnerSimulator({ host: '127.0.0.1', port: 0, clock, merchants: [merchant] });
  options.prepare?.(simulator);
  const broken = fault === undefined ? null : await startBrokenPartner(simulator.url, fault);
  const partnerUrl = broken?.url ?? simulator.url;
  const credentials: PartnerCredentials = {
    ...{ profile, merchantCode: MERCHANT, apiUrl: options.apiUrl ?? (mode === 'live' ? LIVE_URL : partnerUrl) },
    ...(keys === 'rsa' ? { publicKey: theirs.publicKey, privateKey: ours.privateKey } : { secretKey: SECRET }),
  };
  const toPartner: OutboundHttp = {
    send: (request) => http.send({ ...request, url: request.url.replace(LIVE_URL, partnerUrl) }),
  };
  const call = { mode, credentials, http: toPartner, clock };
  const inbox: NotificationInbox = {
    url,
    received: async () => [...received],
    ...(options.isGateway === true
      ? {}
      : {
          turnAway(which: ((request: RawWebhook) => boolean) | null) {
            turnedAway = which;
          },
        }),
  };
  const payer: Payer = {
    async act({ action, orderId }) {
      if (options.payer === 'nobody') return 'asked';
      await (action === 'approve' ? simulator.approve(orderId) : simulator.cancel(orderId));
      return 'done';
    },
  };
  const certification = provider.certification;
  if (certification === undefined) throw new Error('The partner has cases');
  const run = certification.begin(call, {
    ...{ inbox: hasInbox ? inbox : null, payer, money: certification.defaultAmount(credentials) },
    ...{ returnUrl: 'https://shop.example/back', unheardUrl: 'http://127.0.0.1:9/nobody' },
    ...{ lifetimeSeconds: 60, waitMsMax: 90_000 },
    async pause(ms) {
      clock.advance({ milliseconds: ms });
      await simulator.tick();
    },
  });
  for (const body of options.noise ?? []) {
    await http.send({ method: 'POST', url, body, timeoutMs: 5_000, responseBytesMax: 1_000 });
  }
  const findings: Record<string, CaseFinding> = {};
  for (const { id } of PARTNER_CASES) {
    if (only === undefined || only.includes(id)) findings[id] = await run.run(id);
  }
  await broken?.close();
  await simulator.close();
  await http.close();
  listener.closeAllConnections();
  listener.close();
  return findings;
}

/** The cases that came to a verdict. */
export function casesThat(findings: RunFindings, verdict: CaseFinding['verdict']): readonly string[] {
  return Object.keys(findings).filter((id) => findings[id]?.verdict === verdict);
}
