/** What the suite asks of each adapter: a double of its provider that can be brought into every state it can be in. */
import type { ManualClock } from '../../kernel/clock.ts';
import type { Money } from '../../kernel/money.ts';
import type {
  AttemptRef,
  AttemptReport,
  CompleteInput,
  CreateInput,
  DeclineReason,
  NextAction,
  PaymentProvider,
  RefundInput,
} from '../provider.ts';
import type { Capabilities } from '../provider-capabilities.ts';
import type { RawWebhook, WebhookReply } from '../provider-webhook.ts';
import type { SeenRequest } from './line.ts';

/**
 * What is true of a provider's wire beyond its capabilities, written down from its documentation and not from the
 * adapter. From both follows which cases mean nothing to an adapter.
 */
export interface Traits {
  /** How amounts are to look on the wire; null: the provider cannot take them, so that nothing may be sent. */
  readonly amounts: readonly { readonly money: Money; readonly wire: string | null }[];
  /** Whether the provider says of wrong keys that they are wrong, in words that are documented. */
  readonly deniesKeys: boolean;
  /** What a repeated request is told: the first answer again, or only that there was one before. */
  readonly repeats: 'same_answer' | 'doubt';
  /** Which answers say how much. */
  readonly namesAmounts: readonly ('charge' | 'refund')[];
  readonly sendsAddresses: readonly ('returnUrl' | 'notificationUrl')[];
  /** What asking says of an attempt whose payer has not decided yet. */
  readonly unpaid: 'requires_action' | 'pending' | 'not_found';
  /** How an attempt can end without money. */
  readonly ends: readonly ('declined' | 'canceled' | 'expired')[];
  readonly declines: Readonly<Record<string, DeclineReason>>;
  /**
   * What of a notification is proven: every byte, the values it names, or only that the sender knows the key of a cipher
   * that is malleable.
   */
  readonly proves: 'every_byte' | 'named_values' | 'key_only';
  /** Whether the time of sending is proven as well. */
  readonly signsTime: boolean;
  /** Whether a verified notification can be a mere hint, after which the gateway asks. */
  readonly hints: boolean;
  /** Whether one message may tell several things. */
  readonly batches: boolean;
  readonly certificates: boolean;
  readonly checksSource: boolean;
  /** Whether an attempt that ended may be paid after all. */
  readonly lateSuccess: boolean;
  /** Whether refunds take their time, and may fail then. */
  readonly refundsLater: boolean;
  /** Whether the provider has published messages with their signatures, or a library that makes them. */
  readonly vectors: boolean;
  /** What the provider waits for, and what it waits for where the account is set up in another way. */
  readonly acknowledgements: readonly { readonly credentials: object; readonly reply: WebhookReply }[];
  /** Requests by which the provider tries whether anybody listens. */
  readonly probes: readonly Pick<RawWebhook, 'method' | 'body'>[];
  /** What each story is told as: `attempt captured`, with a `?` behind where it is a hint. */
  readonly tells: Readonly<Partial<Record<Story, readonly string[]>>>;
}

export type Story = 'paid' | 'declined' | 'authorized' | 'captured' | 'refunded' | 'disputed';

export type ClientData = CompleteInput['clientData'];

/** An attempt that the provider has answered. */
export interface Begun {
  readonly input: CreateInput;
  readonly ref: AttemptRef & { readonly providerRef: string };
  readonly report: AttemptReport;
}

/** A true notification with some of it changed by whoever holds the key. */
export interface MessageChanges {
  readonly attemptId?: string;
  readonly amount?: bigint;
  readonly currency?: string;
  /** Of a kind that is documented nowhere. */
  readonly ofUnknownType?: true;
  /** Carries this in a field that has no business with us. */
  readonly planted?: string;
}

/** Where an account leads when no address is given. */
export interface RealHosts {
  readonly credentials: (mode: 'live' | 'test') => unknown;
  readonly test: string;
  readonly live: string;
}

/** One running double: a merchant's account at a simulator, with a hand in what happens there. Time stands still. */
export interface Double {
  readonly clock: ManualClock;
  /** Where the simulator listens. */
  readonly url: string;
  /** What this account can do, which may be less than its adapter can. */
  readonly capabilities: Capabilities;
  /** The adapter, which waits so long for an answer, and the account's credentials, leading to an address. */
  accountAt(url: string, patienceMs: number): { readonly provider: PaymentProvider; readonly credentials: unknown };
  /** Credentials of the right shape that the provider does not know. */
  wrongCredentials(url: string): unknown;
  /** The same account after the secret that verifies notifications was changed. */
  rotatedCredentials(url: string): unknown;
  /** Credentials without anything that could verify a notification, as a fault of storage might leave them. */
  keylessCredentials(url: string): readonly unknown[];
  readonly secrets: readonly string[];
  readonly hosts?: RealHosts;
  readonly money: Money;
  readonly notificationUrl: string;
  /** The `method` that leads to each kind of next action. */
  readonly methods: Readonly<Partial<Record<NextAction['type'], unknown>>>;
  /** Every `method` by which money can be asked for; the first is the usual one. */
  readonly charging: readonly unknown[];
  /** The way on which an attempt ends so, where it does not on the usual one. */
  readonly ending?: Readonly<Partial<Record<Traits['ends'][number], unknown>>>;
  /** The way that leads to a dispute, where the payer's choice decides. */
  readonly disputing?: unknown;
  /** Has the provider answer with this kind of action, where it decides. */
  offer?(type: NextAction['type']): void;
  /** Whose requests name addresses, where the usual one's do not. */
  readonly addressed?: unknown;
  /** An attempt that nobody has ever made. */
  readonly nobody: AttemptRef;

  /** The payer agrees; what the browser brings back. */
  pay(begun: Begun): Promise<ClientData>;
  /** The payer's bank says no by one of the codes in `declines`. */
  decline(begun: Begun, code: string): Promise<ClientData>;
  /** The payer turns away. */
  cancel?(begun: Begun): Promise<void>;
  /** The time of an attempt runs out. */
  expire?(begun: Begun): Promise<void>;
  /** What was declined or has run out is paid after all. */
  payLate?(begun: Begun): Promise<void>;
  /** The payer agrees and the bank takes its time; `settle` lets it say yes. */
  payLater?(begun: Begun): Promise<{ readonly clientData: ClientData; settle(): Promise<void> }>;
  dispute?(begun: Begun): Promise<void>;
  /** A payment that the provider does not refund, for a rule of its own. */
  payUnrefundably?(begun: Begun): Promise<ClientData>;
  /** From now on refunds are accepted and fail later; for some doubles the amount says it. */
  failRefunds?(input: RefundInput): RefundInput;
  /** Lets the time pass within which captures can be reversed. */
  endReversals?(): void;
  /** Lets what was accepted for later come to its end. */
  settle(): Promise<void>;
  /** Sends every notification twice from now on. */
  duplicateNotifications(): void;
  /** A notification that is verified and yet only a hint, about an attempt that was paid. */
  hint?(begun: Begun): Promise<RawWebhook>;
  /** Messages that the provider has published, as they are to be read under these credentials. */
  vectors?(): Promise<readonly Vector[]>;
  /** What asking takes where a merchant has to choose between asking and being told. */
  asking?<T>(ask: () => Promise<T>): Promise<T>;

  /** Everything that was sent to the merchant, oldest first. */
  notifications(): Promise<readonly RawWebhook[]>;
  signed(message: RawWebhook, changes: MessageChanges): RawWebhook;
  /** The message with another text where its signature stands; null: without one. */
  withSignature(message: RawWebhook, signature: string | null): RawWebhook;

  /** Whether a request makes or moves something, rather than asking. */
  isMovement(request: SeenRequest): boolean;
  /** The amount a movement names, as it stands on the wire. */
  amountIn(request: SeenRequest): string | null;
  /** What makes the provider recognize a repeat. */
  keyIn(request: SeenRequest): string | null;
  /** The answer to a movement with another amount, signed where answers are. */
  withOtherAmount(answer: string): string;
  /** How many payments the provider has of an attempt. */
  count(input: CreateInput): number;
  /** How many refunds; undefined where only the adapter can ask. */
  countRefunds?(begun: Begun): number;
  /** What went wrong inside the double itself; a case that finds something here says nothing. */
  readonly failures: readonly unknown[];
  close(): Promise<void>;
}

export interface Vector {
  readonly name: string;
  readonly isGenuine: boolean;
  verify(): Promise<boolean>;
}

/** An adapter with its double, and what is true of its wire. */
export interface DoubleKind {
  readonly name: string;
  readonly traits: Traits;
  start(): Promise<Double>;
}
