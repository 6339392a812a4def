import type { OutboundOutcome, OutboundRequest } from '../../../platform/outbound-http.ts';
import type { CodeMeaning, Meaning, MessageName, PartnerProfile } from '../../partner-profiles/profile.ts';
import { membersOf, type Scalar, type Values, valueAt } from '../../partner-profiles/read-message.ts';
import type { Members } from '../../partner-profiles/sign-message.ts';
import { jsonOf } from '../../read-answer.ts';
import type { Operation } from '../partner-client.ts';
import type { PartnerCredentials } from '../partner-credentials.ts';
import { type Verdict, verifyMessage } from '../verify-message.ts';

/** A request to the partner and what became of it, bytes and all. */
export interface Exchange {
  readonly caseId: string;
  readonly title: string;
  readonly operation: Operation;
  readonly at: Temporal.Instant;
  /** As it was sent, whatever was done to what the adapter had written. */
  readonly request: OutboundRequest;
  /** Not as the adapter wrote it: the partner owes no signed answer to whoever cannot prove to be the merchant. */
  readonly isAltered: boolean;
  readonly outcome: OutboundOutcome;
  /** The order it is about; what is told of it is compared with what was asked. */
  readonly orderId: string;
}

/** An answer as it stands there, before anybody asks whether to believe it. */
export interface ReadExchange {
  /** What became of the request, in words. */
  readonly said: string;
  readonly status: number | null;
  readonly message: MessageName | null;
  readonly members: Members | null;
  readonly values: Values;
  /** The partner did what was asked, or told what it was asked for. */
  readonly isOk: boolean;
  /** The partner read the request and turned it away. */
  readonly isRefused: boolean;
  readonly means: CodeMeaning | null;
  /** What our key says of its signature; null where nothing can be said. */
  readonly verdict: Verdict | null;
}

export const REQUESTS = { create: 'createRequest', query: 'queryRequest', refund: 'refundRequest' } as const;
const ANSWERS = { create: 'createAnswer', query: 'queryAnswer', refund: 'refundAnswer' } as const;

/** Nobody there, too slow, too much: without a code of the contract no word about what was asked. */
const SAYS_NOTHING: ReadonlySet<number> = new Set([404, 405, 408, 429]);

/** The one fault of a server that a partner may put in words of its contract. */
const UNAVAILABLE = 503;

const SAID_CHARACTERS_MAX = 200;

/** Reads an exchange's answer member by member, leniently: each case judges the part that is its own. */
export function readExchange(
  profile: PartnerProfile,
  credentials: PartnerCredentials,
  { operation, outcome }: Pick<Exchange, 'operation' | 'outcome'>,
): ReadExchange {
  const nothing = { status: null, message: null, members: null, values: {}, means: null, verdict: null } as const;
  if (outcome.kind !== 'answered') {
    const said =
      outcome.kind === 'lost'
        ? `nothing whole (${outcome.reason})`
        : `nothing, since it was not reached (${outcome.reason})`;
    return { ...nothing, said, isOk: false, isRefused: false };
  }
  const { status, headers } = outcome;
  const isSuccess = status === 200 || status === 201;
  const name: MessageName = isSuccess ? ANSWERS[operation] : 'refusal';
  const mayBeRead = status < 500 || status === UNAVAILABLE;
  const message = mayBeRead ? profile.messages[name] : undefined;
  const members = outcome.bodyCut ? null : membersOf(jsonOf(outcome.body));
  const values = members === null ? {} : looseValues(profile, name, members);
  const means = meaningOf(profile, values);
  const isRefusal = status >= 400 && status < 500 && (means !== null || !SAYS_NOTHING.has(status));
  const isKnown = members !== null && message !== undefined;
  const tellsFound = message?.fields.some((field) => 'means' in field && field.means === 'found') ?? false;
  const isAbsent = tellsFound && values.found !== 'Y';
  return {
    said: saidOf(status, values, members),
    status,
    message: isKnown ? name : null,
    members,
    values,
    isOk:
      isSuccess && members !== null && !isAbsent && (means === 'ok' || (means === null && values.code === undefined)),
    isRefused:
      isRefusal || (isSuccess && members !== null && (isAbsent || (values.code !== undefined && means !== 'ok'))),
    means,
    verdict: isKnown ? verifyMessage(profile, { name, members, headers }, [credentials]) : null,
  };
}

/** What members say, each for itself: one that is missing or odd takes nothing from the others. */
export function looseValues(profile: PartnerProfile, name: MessageName, members: Members): Values {
  const values: { [M in Meaning]?: Scalar } = {};
  for (const field of profile.messages[name]?.fields ?? []) {
    if (!('means' in field)) continue;
    const value = valueAt(members, field.wire);
    if (value === '' || !['string', 'number', 'boolean'].includes(typeof value)) continue;
    values[field.means] ??= value as Scalar;
  }
  return values;
}

function meaningOf({ codes }: PartnerProfile, { code, found }: Values): CodeMeaning | null {
  if (found === 'N') return 'not_found';
  const text = String(code);
  return code !== undefined && Object.hasOwn(codes, text) ? (codes[text] ?? null) : null;
}

function saidOf(status: number, { code, message, status: word }: Values, members: Members | null): string {
  if (members === null) return `${status} without a JSON object`;
  const parts = [code, word, message].filter((part) => part !== undefined);
  return [status, ...parts.map((part) => String(part).slice(0, SAID_CHARACTERS_MAX))].join(' ');
}
