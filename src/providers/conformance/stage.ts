/** A double, its adapter and the line between them, with the steps that the cases are made of. */
import { present } from '../../kernel/assert.ts';
import { newId } from '../../kernel/id.ts';
import { createOutboundHttp, type OutboundHttp } from '../../platform/outbound-http.ts';
import type {
  AttemptReport,
  CaptureInput,
  CreateAnswer,
  CreateInput,
  PaymentProvider,
  ProviderCall,
  RefundInput,
  RetrieveAnswer,
} from '../provider.ts';
import type { Capabilities } from '../provider-capabilities.ts';
import type { ProviderEvent, RawWebhook } from '../provider-webhook.ts';
import { check, checkKind, staged } from './checks.ts';
import type { Begun, ClientData, Double, DoubleKind, Traits } from './double.ts';
import { type Line, layLine, type SeenRequest } from './line.ts';

type Asked = Extract<RetrieveAnswer, { kind: 'answered' }>;

/** A request for money that can be sent as often as wanted. */
export interface Charge {
  readonly input: CreateInput;
  send(changes?: Partial<CreateInput>): Promise<CreateAnswer>;
}

/** As in production; no case waits for it to end. */
export const PATIENT_MS = 10_000;
/** For an exchange whose answer never comes. */
export const IMPATIENT_MS = 600;

export class Stage {
  readonly double: Double;
  readonly traits: Traits;
  readonly line: Line;
  readonly credentials: unknown;
  readonly #patient: PaymentProvider;
  readonly #impatient: PaymentProvider;
  #isHurried = false;
  /** Names that were looked up: nobody has any business beyond the line. */
  readonly names: string[];
  readonly http: OutboundHttp;

  constructor(its: Pick<Stage, 'double' | 'traits' | 'line' | 'names' | 'http'>) {
    this.double = its.double;
    this.traits = its.traits;
    this.line = its.line;
    this.names = its.names;
    this.http = its.http;
    const { provider, credentials } = its.double.accountAt(its.line.url, PATIENT_MS);
    this.#patient = provider;
    this.#impatient = its.double.accountAt(its.line.url, IMPATIENT_MS).provider;
    this.credentials = credentials;
  }

  get provider(): PaymentProvider {
    return this.#isHurried ? this.#impatient : this.#patient;
  }

  /** What is called meanwhile waits for no answer for long. */
  async hurried<T>(steps: () => Promise<T>): Promise<T> {
    this.#isHurried = true;
    try {
      return await steps();
    } finally {
      this.#isHurried = false;
    }
  }

  get capabilities(): Capabilities {
    return this.double.capabilities;
  }

  call(overrides: Partial<ProviderCall<unknown>> = {}): ProviderCall<unknown> {
    const { credentials, http } = this;
    return { mode: 'test', credentials, http, clock: this.double.clock, ...overrides };
  }

  input(changes: Partial<CreateInput> = {}): CreateInput {
    const { clock, money, charging, notificationUrl } = this.double;
    return {
      attemptId: newId('att', clock),
      amount: money,
      captureMethod: 'automatic',
      method: charging[0],
      returnUrl: 'https://shop.example/back?order=7&way=%C3%BC',
      notificationUrl,
      expiresAt: clock.now().add({ minutes: 15 }),
      ...changes,
    };
  }

  create(input: CreateInput): Promise<CreateAnswer> {
    return this.provider.create(this.call(), input);
  }

  /** An attempt that waits for its payer. @throws NotConforming where it was not taken */
  async begin(changes: Partial<CreateInput> = {}): Promise<Begun> {
    const input = this.input(changes);
    const answer = checkKind(await this.create(input), 'answered', 'creating an attempt');
    const { providerRef, report } = answer;
    return { input, ref: { attemptId: input.attemptId, providerRef }, report };
  }

  /** The payer agrees, and the second step follows where there is one. What the provider then says of it. */
  async paid(changes: Partial<CreateInput> = {}): Promise<Begun> {
    const begun = await this.begin(changes);
    return this.completed(begun, await this.double.pay(begun));
  }

  /** Paid, and not captured yet. */
  async authorized(): Promise<Begun> {
    const begun = await this.paid({ captureMethod: 'manual' });
    check(begun.report.state === 'authorized', `a paid attempt with manual capture is ${begun.report.state}`);
    return begun;
  }

  async completed(begun: Begun, clientData: ClientData): Promise<Begun> {
    const { complete } = this.provider;
    if (!this.capabilities.complete || complete === undefined) {
      return { ...begun, report: (await this.ask(begun)).report };
    }
    const answer = await complete(this.call(), { ...begun.ref, created: begun.input, clientData });
    return { ...begun, report: checkKind(answer, 'answered', 'completing a paid attempt').report };
  }

  /** A request by which money is asked for: creating, or completing where only that does. */
  async charge(changes: Partial<CreateInput> = {}): Promise<Charge> {
    const input = this.input(changes);
    if (!this.capabilities.complete) {
      return { input, send: (others = {}) => this.create({ ...input, ...others }) };
    }
    const begun = await this.begin(input);
    const clientData = await this.double.pay(begun);
    return {
      input,
      send: (others = {}) =>
        present(this.provider.complete, 'complete')(this.call(), {
          ...begun.ref,
          created: { ...input, ...others },
          clientData,
        }),
    };
  }

  retrieve(begun: Pick<Begun, 'ref'>): Promise<RetrieveAnswer> {
    const ask = () => this.provider.retrieve(this.call(), begun.ref);
    return this.double.asking?.(ask) ?? ask();
  }

  /** @throws NotConforming where asking is not answered */
  async ask(begun: Pick<Begun, 'ref'>): Promise<Asked> {
    return checkKind(await this.retrieve(begun), 'answered', 'asking about an attempt');
  }

  async stateOf(begun: Begun): Promise<AttemptReport['state']> {
    return (await this.ask(begun)).report.state;
  }

  captureInput({ ref, input }: Begun, changes: Partial<CaptureInput> = {}): CaptureInput {
    const { notificationUrl, clock } = this.double;
    return { ...ref, captureId: newId('cap', clock), amount: input.amount, final: true, notificationUrl, ...changes };
  }

  refundInput({ ref, input }: Begun, changes: Partial<RefundInput> = {}): RefundInput {
    const { notificationUrl, clock } = this.double;
    return { ...ref, refundId: newId('re', clock), amount: input.amount, notificationUrl, ...changes };
  }

  /** A refund that could be made twice: of all of a payment a second one is refused by nature. */
  repeatableRefund(begun: Begun): RefundInput {
    const { refund } = this.capabilities;
    const { amount, currency } = begun.input.amount;
    const isPart = refund !== false && refund.partial;
    return this.refundInput(begun, isPart ? { amount: { amount: amount / 3n, currency } } : {});
  }

  capture(input: CaptureInput) {
    return staged(this.provider.capture, 'capture')(this.call(), input);
  }

  refund(input: RefundInput) {
    return staged(this.provider.refund, 'refund')(this.call(), input);
  }

  async countRefunds(begun: Begun): Promise<number> {
    return this.double.countRefunds?.(begun) ?? (await this.ask(begun)).refunds.length;
  }

  /** Requests on the line that move something. */
  movements(): readonly SeenRequest[] {
    return this.line.seen.filter((request) => this.double.isMovement(request));
  }

  parse(webhook: RawWebhook, overrides: Partial<ProviderCall<unknown>> = {}) {
    return this.provider.parseWebhook(this.call({ clock: { now: () => webhook.receivedAt }, ...overrides }), webhook);
  }

  /** What a notification tells. @throws NotConforming where it is not taken */
  async eventsIn(webhook: RawWebhook): Promise<readonly ProviderEvent[]> {
    return checkKind(await this.parse(webhook), 'events', 'reading a true notification').events;
  }

  /** Every notification so far that tells something. */
  async told(): Promise<readonly { readonly webhook: RawWebhook; readonly event: ProviderEvent }[]> {
    const told: { readonly webhook: RawWebhook; readonly event: ProviderEvent }[] = [];
    for (const webhook of await this.double.notifications()) {
      for (const event of await this.eventsIn(webhook)) told.push({ webhook, event });
    }
    return told;
  }

  /** A true notification that says that an attempt was paid, and the attempt. */
  async paidMessage(): Promise<{ readonly begun: Begun; readonly webhook: RawWebhook; readonly event: ProviderEvent }> {
    const begun = await this.paid();
    const about = (await this.told()).findLast(({ event: { fact } }) => {
      return fact.about === 'attempt' && fact.report.state === 'captured';
    });
    check(about !== undefined, 'no notification tells of a payment');
    return { begun, ...about };
  }
}

/** What leads to an attempt that ends so. */
export function endingAs({ double }: Stage, end: Traits['ends'][number]): Partial<CreateInput> {
  return double.ending !== undefined && end in double.ending ? { method: double.ending[end] } : {};
}

/** What a case opens; all of it is closed when the case is over. */
export interface World {
  readonly kind: DoubleKind;
  readonly capabilities: Capabilities;
  open(): Promise<Stage>;
}

/** Runs steps on stages of their own and clears them away. @throws what the steps throw, and a double's own failure */
export async function withWorld<T>(kind: DoubleKind, steps: (world: World) => Promise<T>): Promise<T> {
  const closing: (() => Promise<void>)[] = [];
  const stages: Stage[] = [];
  const open = async (): Promise<Stage> => {
    const double = await kind.start();
    closing.push(() => double.close());
    const line = await layLine(double.url);
    closing.push(() => line.close());
    const names: string[] = [];
    const http = createOutboundHttp({
      allowPrivateTargets: true,
      userAgent: 'Tollgate-Conformance/1',
      resolve: async (name) => {
        names.push(name);
        return [];
      },
    });
    closing.push(() => http.close());
    const stage = new Stage({ double, traits: kind.traits, line, names, http });
    stages.push(stage);
    return stage;
  };
  try {
    let spare: Stage | null = await open();
    const { capabilities } = spare;
    const result = await steps({
      kind,
      capabilities,
      // The first one is there already, and most cases need no other.
      open: async () => {
        const stage = spare ?? (await open());
        spare = null;
        return stage;
      },
    });
    for (const { double } of stages) {
      if (double.failures.length > 0) throw new Error('The double itself failed', { cause: double.failures[0] });
    }
    return result;
  } finally {
    for (const close of closing.reverse()) await close();
  }
}
