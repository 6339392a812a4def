/** For tests only: a simulated BlueSnap and the adapter before it, on loopback. Time stands still until it is moved. */
import { ManualClock } from '../../kernel/clock.ts';
import { newId } from '../../kernel/id.ts';
import { createOutboundHttp } from '../../platform/outbound-http.ts';
import type { CompleteInput, CreateInput, PaymentProvider, ProviderCall } from '../provider.ts';
import type { RawWebhook } from '../provider-webhook.ts';
import { type BluesnapCredentials, bluesnapCredentials } from './bluesnap-credentials.ts';
import { createBluesnapProvider } from './bluesnap-provider.ts';
import type { Account } from './simulator/account.ts';
import { type BluesnapSimulator, startBluesnapSimulator } from './simulator/start-bluesnap-simulator.ts';

type ClientData = CompleteInput['clientData'];

/** The simulator as a shopper and BlueSnap's people use it; `ref` is an attempt's id. */
export interface StagedSimulator extends BluesnapSimulator {
  /** The shopper enters a good card; what the browser then brings back. */
  approve(ref: string): ClientData;
  /** The shopper enters a card that the bank turns down by this `errorName`. */
  decline(ref: string, code: string): ClientData;
  readonly notifications: readonly (RawWebhook & { readonly method: 'POST' })[];
}

export interface BluesnapStage {
  readonly clock: ManualClock;
  readonly provider: PaymentProvider<BluesnapCredentials>;
  readonly simulator: StagedSimulator;
  call(overrides?: Partial<ProviderCall<BluesnapCredentials>>): ProviderCall<BluesnapCredentials>;
  input(changes?: Partial<CreateInput>): CreateInput;
  /** Takes an attempt as far as the bank's word: created, a card entered, completed. */
  pay(created: CreateInput, decline?: string): ReturnType<NonNullable<PaymentProvider['complete']>>;
  stop(): Promise<void>;
}

export interface StageOptions {
  readonly account?: Partial<Account>;
  readonly credentials?: Partial<BluesnapCredentials>;
  readonly timeoutMs?: number;
}

const ACCOUNT: Account = {
  ...{ user: 'API_stage', password: 'pass:word of the stage', merchantId: '400088' },
  ...{ ipnUrl: null, ipnKey: 'w8qk4cnr5', dataProtectionKey: null, requireReceipt: false },
};

/** Starts a merchant of its own at a simulator of its own. */
export async function startBluesnapStage(options: StageOptions = {}): Promise<BluesnapStage> {
  const clock = new ManualClock();
  const account = { ...ACCOUNT, ...options.account };
  const simulator = await startBluesnapSimulator({ clock, account });
  const http = createOutboundHttp({ allowPrivateTargets: true, userAgent: 'bluesnap-test' });
  const provider = createBluesnapProvider({ timeoutMs: options.timeoutMs ?? 5_000 });
  const tokens = new Map<string, string>();
  const enter = (ref: string, card: Parameters<BluesnapSimulator['enterCard']>[1]): ClientData => {
    const pfToken = tokens.get(ref) ?? '';
    simulator.enterCard(pfToken, card);
    return { pfToken, firstName: 'Ada', lastName: 'Lovelace', zip: '02453' };
  };
  const credentials = bluesnapCredentials.parse({
    ...{ apiUser: account.user, apiPassword: account.password, merchantId: account.merchantId, apiUrl: simulator.url },
    ...(account.ipnKey === null ? {} : { ipnKey: account.ipnKey }),
    ...(account.dataProtectionKey === null ? {} : { dataProtectionKey: account.dataProtectionKey }),
    requireReceipt: account.requireReceipt,
    ...options.credentials,
  });
  const remembering: PaymentProvider<BluesnapCredentials> = {
    ...provider,
    create: async (call, input) => {
      const answer = await provider.create(call, input);
      const token = answer.kind === 'answered' && tokenIn(answer.report);
      if (token) tokens.set(input.attemptId, token);
      return answer;
    },
  };
  const stage: BluesnapStage = {
    ...{ clock, provider: remembering },
    simulator: {
      ...simulator,
      approve: (ref) => enter(ref, 'approve'),
      decline: (ref, code) => enter(ref, { decline: code }),
    },
    call: (overrides = {}) => ({ mode: 'test', credentials, http, clock, ...overrides }),
    input: (changes = {}) => ({
      attemptId: newId('att', clock),
      amount: { amount: 1_250n, currency: 'EUR' },
      captureMethod: 'automatic',
      method: undefined,
      returnUrl: 'https://shop.example/back',
      notificationUrl: 'https://hooks.example/hooks/bluesnap/pa_1',
      expiresAt: clock.now().add({ minutes: 15 }),
      ...changes,
    }),
    async pay(created, decline) {
      await remembering.create(stage.call(), created);
      const ref = created.attemptId;
      const clientData = decline === undefined ? stage.simulator.approve(ref) : stage.simulator.decline(ref, decline);
      const answer = await remembering.complete?.(stage.call(), { attemptId: ref, created, clientData });
      return answer ?? { kind: 'unknown', reason: 'no such step' };
    },
    stop: async () => {
      await http.close();
      await simulator.close();
    },
  };
  return stage;
}

function tokenIn(report: { readonly state: string; readonly nextAction?: unknown }): string | null {
  const action = report.nextAction as { readonly clientSecret?: string } | undefined;
  return action?.clientSecret ?? null;
}
