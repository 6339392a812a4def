/** One demand of the contract, as data. */
import type { Capabilities } from '../provider-capabilities.ts';
import type { Traits } from './double.ts';
import type { World } from './stage.ts';

export interface ConformanceCase {
  /** Stable; stands in reports. */
  readonly id: number;
  readonly group: Group;
  /** A fact, as it must hold. */
  readonly title: string;
  /** Numbers of the requirements that it serves. */
  readonly requirements: readonly string[];
  /** Without which of these it means nothing. */
  readonly needs: readonly Need[];
  readonly steps: (world: World) => Promise<void>;
}

export type Group =
  | 'description'
  | 'creating'
  | 'taking money'
  | 'giving money back'
  | 'asking and errors'
  | 'notifications'
  | 'settlement';

interface Account {
  readonly capabilities: Capabilities;
  readonly traits: Traits;
}

/** What a case may need, each with why it is missing; null: it is there. Nothing is left out without a sentence. */
const NEEDS = {
  redirect: ({ capabilities }: Account) =>
    capabilities.nextActions.includes('redirect') ? null : 'its next actions are no pages',
  complete: ({ capabilities }: Account) => (capabilities.complete ? null : 'no second step follows the payer'),
  capture: ({ capabilities }: Account) => (capabilities.capture ? null : 'money is taken with the authorization'),
  endings: ({ capabilities: { release, cancel, reversal } }: Account) =>
    release || cancel || reversal ? null : 'nothing can be ended, released or reversed',
  refund: ({ capabilities }: Account) => (capabilities.refund ? null : 'it refunds nothing by request'),
  'partial refunds': ({ capabilities: { refund } }: Account) =>
    refund !== false && refund.partial && refund.multiple ? null : 'it does not refund in parts',
  'refunds that take time': ({ traits }: Account) => (traits.refundsLater ? null : 'refunds are decided at once'),
  settlement: ({ capabilities }: Account) => (capabilities.settlement ? null : 'it lists nothing that it settles'),
  limits: ({ traits }: Account) =>
    traits.amounts.some(({ wire }) => wire === null) ? null : 'it takes every amount of every currency',
  addresses: ({ traits }: Account) =>
    traits.sendsAddresses.length > 0 ? null : 'its addresses are set at the provider, not by requests',
  'signed times': ({ traits }: Account) => (traits.signsTime ? null : 'its notifications carry no time that is proven'),
  'published messages': ({ traits }: Account) => (traits.vectors ? null : 'no published messages are at hand'),
  'late successes': ({ traits }: Account) => (traits.lateSuccess ? null : 'what has ended stays ended there'),
  batches: ({ traits }: Account) => (traits.batches ? null : 'a notification tells one thing'),
  hints: ({ traits }: Account) => (traits.hints ? null : 'every verified notification is proof'),
  'source checks': ({ traits }: Account) =>
    traits.checksSource ? null : 'its notifications are proven by keys, from wherever they come',
  certificates: ({ traits }: Account) => (traits.certificates ? null : 'its notifications name no certificate'),
} as const;

export type Need = keyof typeof NEEDS;

/** Why a case means nothing to an account; null where it does mean something. */
export function whyNotApplicable({ needs }: ConformanceCase, account: Account): string | null {
  const reasons = needs.map((need) => NEEDS[need](account)).filter((reason) => reason !== null);
  return reasons.length === 0 ? null : reasons.join('; ');
}
