import { scopeCovers, type TenantCaller } from '../kernel/caller.ts';
import type { Permission } from '../kernel/endpoint.ts';
import { toDecimal } from '../kernel/money.ts';
import type { EmailDigester } from '../payments/email-digest.ts';
import type { Database } from '../platform/database.ts';
import type { HitAnswer, OperatorHitAnswer } from './api.ts';
import { type HitType, type Question, readQuestion, TYPE_OF_PREFIX } from './hit.ts';
import {
  byEmail,
  byId,
  endpointsByAddress,
  HITS_MAX,
  type HitRow,
  operationsByProviderReference,
  othersByReference,
  paymentsByOrder,
  paymentsByProviderReference,
  paymentsByReference,
  selectHits,
  selectTenantHits,
} from './store.ts';

export interface SearchContext {
  readonly database: Database;
  readonly emailDigests: EmailDigester;
}

/** What a caller needs to be shown something: the scope that reads it. */
const SCOPES: Readonly<Record<Exclude<HitType, 'tenant'>, Permission>> = {
  payment: 'payment:read',
  capture: 'capture:read',
  refund: 'refund:read',
  reversal: 'reversal:read',
  dispute: 'dispute:read',
  event: 'event:read',
  delivery: 'webhook:read',
  inbound_event: 'inbound_event:read',
  webhook_endpoint: 'webhook:read',
  product: 'product:read',
  checkout: 'checkout:read',
  qr_code: 'qr-code:read',
  provider_account: 'provider-account:read',
  statement: 'statement:read',
  payout: 'payout:read',
  reconciliation_exception: 'reconciliation:read',
};

type Part = ReturnType<typeof byId>;
type Readable = (type: Exclude<HitType, 'tenant'>) => boolean;

/** What a tenant has of what somebody typed, in the caller's mode, as far as the caller may read it. */
export async function searchObjects(
  { database, emailDigests }: SearchContext,
  caller: TenantCaller,
  typed: string,
): Promise<readonly HitAnswer[]> {
  const question = readQuestion(typed);
  const mayRead: Readable = (type) => scopeCovers(caller.scopes, SCOPES[type]);
  const parts =
    question.kind === 'email'
      ? [
          byEmail(await emailDigests.digest(caller.tenantId, question.email)),
          ...textParts(question.email, null, mayRead),
        ]
      : partsOf(question, mayRead);
  return rank(await selectHits(database.query, caller, parts), typed.trim()).map(hitJson);
}

/** What any tenant has of it, and tenants themselves. */
export async function searchInstallation(
  { database }: Pick<SearchContext, 'database'>,
  typed: string,
): Promise<readonly OperatorHitAnswer[]> {
  const text = typed.trim();
  const question = readQuestion(typed);
  const parts =
    question.kind === 'text' ? wholeTextParts(question) : question.kind === 'id' ? partsOf(question, () => true) : [];
  const [tenants, hits] = await Promise.all([
    question.kind === 'id' && question.prefix !== 'ten' ? [] : selectTenantHits(database.query, text),
    selectHits(database.query, 'everybody', parts),
  ]);
  return rank([...tenants, ...hits], text).map((row) => ({
    ...hitJson(row),
    tenantId: row.tenant_id,
    mode: row.mode,
  }));
}

function partsOf(question: Exclude<Question, { kind: 'email' }>, mayRead: Readable): readonly Part[] {
  if (question.kind === 'text') return textParts(question.text, question.range, mayRead);
  if (question.prefix === 'ten') return [];
  return mayRead(TYPE_OF_PREFIX[question.prefix]) ? [byId(question.prefix, question.id)] : [];
}

const OPERATIONS = ['capture', 'refund', 'reversal', 'dispute'] as const;
const REFERRED = ['refund', 'product', 'checkout', 'qr_code'] as const;

function textParts(
  text: string,
  range: Extract<Question, { kind: 'text' }>['range'],
  mayRead: Readable,
): readonly Part[] {
  const referred =
    range === null
      ? []
      : [
          ...(mayRead('payment') ? [paymentsByReference(range), paymentsByOrder(range)] : []),
          ...REFERRED.filter(mayRead).map((type) => othersByReference(type, range)),
        ];
  return [
    ...referred,
    ...(mayRead('payment') ? [paymentsByProviderReference(text)] : []),
    ...OPERATIONS.filter(mayRead).map((type) => operationsByProviderReference(type, text)),
    ...(mayRead('webhook_endpoint') ? [endpointsByAddress(text)] : []),
  ];
}

/** Each part asks every tenant's index in both modes, so that only what is asked for most is looked at. */
function wholeTextParts({ text, range }: Extract<Question, { kind: 'text' }>): readonly Part[] {
  const referred =
    range === null ? [] : [paymentsByReference(range), paymentsByOrder(range), othersByReference('refund', range)];
  return [...referred, paymentsByProviderReference(text)];
}

/** What was found twice is shown once, by what it was found by first; what is exactly what was typed comes first. */
function rank(rows: readonly HitRow[], typed: string): readonly HitRow[] {
  const once = new Map<string, HitRow>();
  for (const row of rows) if (!once.has(row.id)) once.set(row.id, row);
  const isExact = (row: HitRow) => row.id === typed || row.title === typed || row.matched === 'providerReference';
  return [...once.values()]
    .sort((a, b) => Number(isExact(b)) - Number(isExact(a)) || Temporal.Instant.compare(b.at, a.at))
    .slice(0, HITS_MAX);
}

function hitJson({ type, id, title, amount, currency, state, matched, at }: HitRow): HitAnswer {
  const money = amount === null || currency === null ? null : `${toDecimal({ amount, currency })} ${currency}`;
  const subtitle = [money, state?.replaceAll('_', ' ') ?? null].filter((part) => part !== null).join(' · ');
  return { type, id, title: title ?? id, subtitle, matched, createdAt: at.toString() };
}
