import { isId } from '../kernel/id.ts';

/** What a search finds. */
export const HIT_TYPES = [
  'payment',
  'capture',
  'refund',
  'reversal',
  'dispute',
  'event',
  'delivery',
  'inbound_event',
  'webhook_endpoint',
  'product',
  'checkout',
  'qr_code',
  'provider_account',
  'statement',
  'payout',
  'reconciliation_exception',
  'tenant',
] as const;
export type HitType = (typeof HIT_TYPES)[number];

/** By what something was found. */
export const MATCHES = [
  'id',
  'attemptId',
  'reference',
  'orderId',
  'providerReference',
  'email',
  'url',
  'name',
  'appName',
] as const;
export type Match = (typeof MATCHES)[number];

/** The prefix of an id, and the type of what it names; an attempt is shown as its payment. */
export const TYPE_OF_PREFIX = {
  pay: 'payment',
  att: 'payment',
  cap: 'capture',
  re: 'refund',
  rev: 'reversal',
  dp: 'dispute',
  evt: 'event',
  whd: 'delivery',
  in: 'inbound_event',
  we: 'webhook_endpoint',
  prd: 'product',
  chk: 'checkout',
  qr: 'qr_code',
  pa: 'provider_account',
  st: 'statement',
  po: 'payout',
  rx: 'reconciliation_exception',
  ten: 'tenant',
} as const satisfies Readonly<Record<string, HitType>>;
export type SearchedPrefix = keyof typeof TYPE_OF_PREFIX;

/** What somebody typed, as what it can be: an id is nothing else, and what has an @ in it is no reference. */
export type Question =
  | { readonly kind: 'id'; readonly prefix: SearchedPrefix; readonly id: string }
  | { readonly kind: 'email'; readonly email: string }
  | { readonly kind: 'text'; readonly text: string; readonly range: TextRange | null };

/** Texts from the first on and before the second, byte by byte, are those that begin with what was asked for. */
export interface TextRange {
  readonly from: string;
  readonly before: string;
}

/** What a reference may be made of; anything else is looked for elsewhere. */
const REFERENCE = /^[A-Za-z0-9._:/-]{1,64}$/;

/** Reads what somebody typed. Pure. */
export function readQuestion(typed: string): Question {
  const text = typed.trim();
  const prefix = text.slice(0, text.indexOf('_'));
  if (isSearched(prefix) && isId(prefix, text)) return { kind: 'id', prefix, id: text };
  if (/^[^@\s]+@[^@\s]+$/.test(text)) return { kind: 'email', email: text };
  return { kind: 'text', text, range: REFERENCE.test(text) ? rangeOf(text) : null };
}

function isSearched(prefix: string): prefix is SearchedPrefix {
  return Object.hasOwn(TYPE_OF_PREFIX, prefix);
}

/** Its last character is ASCII, so that the next one is the next byte. */
function rangeOf(text: string): TextRange {
  return { from: text, before: text.slice(0, -1) + String.fromCharCode(text.charCodeAt(text.length - 1) + 1) };
}
