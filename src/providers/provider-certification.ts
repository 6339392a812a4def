/** The proving half of the contract in provider.ts: how an account at a provider is put through its acceptance cases. */
import type { Money } from '../kernel/money.ts';
import type { ProviderCall } from './provider.ts';
import type { RawWebhook } from './provider-webhook.ts';

/** What a provider's side has to do before money goes through it, as cases that can be run. */
export interface Certification<Credentials> {
  /** In the order in which they are run. */
  readonly cases: readonly CaseDescription[];
  /** What its cases pay with unless somebody chooses: in the preferred currency where the provider takes it. */
  defaultAmount(credentials: Credentials, preferredCurrency?: string): Money;
  /** What a report says about whom it is of: names and values, none of them secret. */
  facts(credentials: Credentials): readonly { readonly name: string; readonly value: string }[];
  /** Nothing is sent before the first case is run. */
  begin(call: ProviderCall<Credentials>, around: CertificationSurroundings): CertificationRun;
}

export interface CaseDescription {
  readonly id: string;
  readonly title: string;
  /** Numbers of the requirements it proves, such as `S0.5`. */
  readonly requirements: readonly string[];
  readonly does: string;
  readonly expects: string;
  /** Cases whose orders it works on. */
  readonly needs: readonly string[];
  /** Begins nothing that could be paid and moves nothing, so that it may be run against a live account. */
  readonly liveSafe: boolean;
}

export interface CertificationRun {
  /** Runs one case to its end. Rejects for no fault of the other side. */
  run(caseId: string): Promise<CaseFinding>;
}

/** `needs_person`: nobody did what only a person can do there. `not_run`: it says nothing about the provider. */
export type CaseVerdict = 'passed' | 'failed' | 'needs_person' | 'not_run';

export interface CaseFinding {
  readonly verdict: CaseVerdict;
  readonly reason: string;
  /** false: what the provider promises leaves nothing for this case to prove, so that nobody waits for it to pass. */
  readonly applies: boolean;
  readonly checks: readonly CaseCheck[];
  readonly evidence: readonly EvidenceStep[];
}

export interface CaseCheck {
  /** What must be so. */
  readonly fact: string;
  readonly holds: boolean;
  /** What was found instead; empty where it holds. */
  readonly found: string;
}

/** What was sent and received, without keys, cut to a size that can be read. */
export type EvidenceStep =
  | {
      readonly kind: 'exchange';
      readonly title: string;
      readonly at: Temporal.Instant;
      readonly method: string;
      readonly url: string;
      readonly request: EvidenceMessage;
      /** null: no whole answer came. */
      readonly answer: (EvidenceMessage & { readonly status: number }) | null;
      /** What became of it, in words. */
      readonly outcome: string;
      readonly durationMs: number;
    }
  | {
      readonly kind: 'notification';
      readonly title: string;
      readonly at: Temporal.Instant;
      readonly request: EvidenceMessage;
      readonly outcome: string;
    }
  | { readonly kind: 'note'; readonly at: Temporal.Instant; readonly title: string };

export interface EvidenceMessage {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signature: EvidenceSignature | null;
}

export interface EvidenceSignature {
  /** `ours`: made here. The others: what our key says of it. */
  readonly verdict: 'ours' | 'valid' | 'invalid' | 'missing' | 'ambiguous' | 'no_key';
  readonly signedText: string | null;
  readonly separator: string;
  readonly received: string | null;
  /** What our key signs the text with; null where it cannot or may not be told. */
  readonly expected: string | null;
  readonly because: string | null;
}

/** What a run needs beside the provider. */
export interface CertificationSurroundings {
  /** Where notifications go; null: nowhere, and the cases about them are not run. */
  readonly inbox: NotificationInbox | null;
  readonly payer: Payer;
  readonly money: Money;
  readonly returnUrl: string;
  /** Given to the provider where there is no inbox. */
  readonly unheardUrl: string;
  /** How long a payment that nobody pays is open. */
  readonly lifetimeSeconds: number;
  /** How long persons and notifications are waited for. */
  readonly waitMsMax: number;
  /** Lets time pass. */
  readonly pause: (ms: number) => Promise<void>;
}

/** Where the provider's notifications arrive and are read as the gateway reads them. */
export interface NotificationInbox {
  readonly url: string;
  /** All that came since the run began, oldest first. */
  received(): Promise<readonly ReceivedNotification[]>;
  /** Turns away what the function names, as a gateway would that is down; absent where a running gateway answers. */
  readonly turnAway?: (which: ((request: RawWebhook) => boolean) | null) => void;
}

export interface ReceivedNotification {
  readonly request: RawWebhook;
  /** As the gateway keeps it: `accepted`, `duplicate`, `bad_signature` …; `turned_away` where it was told to. */
  readonly verdict: string;
}

/** Who plays the shopper. */
export interface Payer {
  /** `done`: the provider's own control did it. `asked`: a person was told what to do. `failed`: the control did not work. */
  act(task: PayerTask): Promise<'done' | 'asked' | 'failed'>;
}

export interface PayerTask {
  readonly action: 'approve' | 'cancel';
  readonly orderId: string;
  readonly providerRef: string;
  readonly redirectUrl: string | null;
  readonly qrPayload: string | null;
  readonly money: Money;
}
