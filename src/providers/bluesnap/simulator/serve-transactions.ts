import { randomBytes } from 'node:crypto';
import type { Clock } from '../../../kernel/clock.ts';
import {
  type Account,
  type Books,
  findRefund,
  type MetaData,
  refundedOf,
  type Token,
  type Transaction,
  takeId,
} from './account.ts';
import { ApiError } from './api-error.ts';
import { digitsOf, readDecimal, writeDecimal } from './decimals.ts';
import type { Answer } from './idempotency.ts';
import type { IpnNews } from './ipn.ts';

export interface Desk {
  readonly account: Account;
  readonly books: Books;
  readonly clock: Clock;
  readonly tell: (news: IpnNews) => void;
}

export type Body = Readonly<Record<string, unknown>>;

const TOKEN_LIFETIME_MS = 60 * 60 * 1000;
const REVERSAL_PERIOD_MS = 8 * 24 * 60 * 60 * 1000;

/** Opens a session of the hosted fields; the token comes in the Location. */
export function openToken({ books, clock }: Desk, url: string): Answer {
  const token = `${randomBytes(32).toString('hex')}_`;
  const opened = { token, openedAt: clock.now().epochMilliseconds, card: null, usedBy: null };
  books.tokens.set(token, { ...opened, fields: new Set(), numbered: null });
  return { status: 201, headers: { location: `${url}/services/2/payment-fields-tokens/${token}` } };
}

/** AUTH_ONLY and AUTH_CAPTURE. @throws ApiError */
export function charge(desk: Desk, body: Body): Answer {
  const { books, clock } = desk;
  const type = body.cardTransactionType;
  if (type === 'CAPTURE' || type === 'AUTH_REVERSAL') throw new ApiError('INVALID_HTTP_METHOD');
  if (type !== 'AUTH_ONLY' && type !== 'AUTH_CAPTURE') {
    throw new ApiError('VALIDATION_GENERAL_FAILURE', 'cardTransactionType');
  }
  const currency = currencyOf(body.currency);
  const amount = amountOf(body.amount, currency);
  const merchantTransactionId = body.merchantTransactionId ?? null;
  if (merchantTransactionId !== null && !isText(merchantTransactionId, 50)) {
    throw new ApiError('INVALID_MERCHANT_TRANSACTION_ID');
  }
  const softDescriptor = body.softDescriptor ?? null;
  if (softDescriptor !== null && !isText(softDescriptor, 20)) {
    throw new ApiError('VALIDATION_GENERAL_FAILURE', 'softDescriptor');
  }
  const holder = holderOf(body.cardHolderInfo);
  const token = usableToken(desk, body.pfToken);
  const card = token.card;
  const id = takeId(books);
  if (card !== null && typeof card === 'object') {
    token.usedBy = id;
    desk.tell({ type: 'CC_CHARGE_FAILED', id, merchantTransactionId, amount, currency, reason: card.decline });
    throw new ApiError(card.decline);
  }
  const transaction: Transaction = {
    ...{ id, merchantTransactionId, type, amount, currency, softDescriptor, holder },
    status: card === 'review' ? 'PENDING_MERCHANT_REVIEW' : 'SUCCESS',
    authorizedAt: clock.now().epochMilliseconds,
    ...{ metaData: metaDataOf(body), refunds: [], chargebacks: [] },
  };
  token.usedBy = id;
  books.transactions.set(id, transaction);
  desk.tell({ type: typeToldOf(transaction), id, merchantTransactionId, amount, currency });
  return { status: 200, body: transactionJson(transaction) };
}

/** CAPTURE and AUTH_REVERSAL. @throws ApiError */
export function change(desk: Desk, body: Body): Answer {
  const transaction = desk.books.transactions.get(String(body.transactionId ?? ''));
  if (transaction === undefined) throw new ApiError('TRANSACTION_NOT_FOUND');
  const { id, merchantTransactionId, currency } = transaction;
  if (transaction.type === 'AUTH_REVERSAL') throw new ApiError('AUTHORIZATION_AMOUNT_ALREADY_REVERSED');
  if (transaction.type !== 'AUTH_ONLY') throw new ApiError('TRANSACTION_ALREADY_CAPTURED');
  if (transaction.status !== 'SUCCESS') throw new ApiError('AUTHORIZATION_NOT_FOUND');
  if (body.cardTransactionType === 'AUTH_REVERSAL') {
    const age = desk.clock.now().epochMilliseconds - transaction.authorizedAt;
    if (age > REVERSAL_PERIOD_MS) throw new ApiError('AUTHORIZATION_EXPIRED');
    transaction.type = 'AUTH_REVERSAL';
    return { status: 200, body: transactionJson(transaction) };
  }
  if (body.cardTransactionType !== 'CAPTURE') throw new ApiError('VALIDATION_GENERAL_FAILURE', 'cardTransactionType');
  const amount = body.amount === undefined ? transaction.amount : amountOf(body.amount, currency);
  if (amount > transaction.amount) throw new ApiError('AUTHORIZATION_AMOUNT_NOT_VALID');
  transaction.type = 'CAPTURE';
  transaction.amount = amount;
  transaction.metaData = metaDataOf(body);
  desk.tell({ type: 'CHARGE', id, merchantTransactionId, amount, currency });
  return { status: 200, body: transactionJson(transaction) };
}

/** A refund of a captured transaction, all or part of it. @throws ApiError */
export function refund(desk: Desk, transactionId: string, body: Body): Answer {
  const transaction = desk.books.transactions.get(transactionId);
  if (transaction === undefined) throw new ApiError('TRANSACTION_NOT_FOUND');
  const { id, merchantTransactionId, currency } = transaction;
  if (transaction.type !== 'CAPTURE' && transaction.type !== 'AUTH_CAPTURE') throw new ApiError('REFUND_FAILED');
  const left = transaction.amount - refundedOf(transaction);
  if (left === 0n) throw new ApiError('INVOICE_ALREADY_FULLY_REFUNDED');
  const amount = body.amount === undefined ? left : readDecimal(body.amount, currency);
  if (amount === null || amount === 0n) throw new ApiError('REFUND_MIN_AMOUNT_FAILURE');
  if (amount > left) throw new ApiError('REFUND_MAX_AMOUNT_FAILURE');
  const reason = isText(body.reason, 4_000) ? body.reason : 'Per your instructions';
  const made = { id: takeId(desk.books), amount, status: 'SUCCESS', reason, metaData: metaDataOf(body) } as const;
  transaction.refunds.push(made);
  desk.tell({ type: 'REFUND', id, merchantTransactionId, amount: -amount, currency, reversal: made.id, reason });
  const shown = body.amount === undefined ? {} : { amount: Number(writeDecimal(amount, currency)) };
  return { status: 200, body: { refundTransactionId: Number(made.id), ...shown, reason, refundStatus: 'SUCCESS' } };
}

/** A transaction by its number, by the merchant's name for it and the merchant's number, or a refund. @throws ApiError */
export function read({ account, books }: Desk, name: string): Answer {
  const [first = '', merchantId] = name.split(',');
  if (merchantId === undefined) {
    const found = findRefund(books, first);
    if (found !== null) return { status: 200, body: refundJson(found.refund, found.of) };
    const transaction = books.transactions.get(first);
    if (transaction === undefined) throw new ApiError('TRANSACTION_NOT_FOUND');
    return { status: 200, body: transactionJson(transaction) };
  }
  const named = [...books.transactions.values()].filter((each) => each.merchantTransactionId === first);
  const [transaction, ...others] = merchantId === account.merchantId ? named : [];
  if (transaction === undefined) throw new ApiError('TRANSACTION_NOT_FOUND');
  if (others.length > 0) throw new ApiError('MULTIPLE_TRANSACTIONS_FOUND');
  return { status: 200, body: transactionJson(transaction) };
}

/** The notification that tells of a transaction that was just made. */
function typeToldOf({ type, status }: Transaction): string {
  if (status !== 'SUCCESS') return 'UNDER_VENDOR_REVIEW';
  return type === 'AUTH_ONLY' ? 'AUTH_ONLY_SINGLE_CHARGE' : 'CHARGE';
}

function usableToken({ books, clock }: Desk, named: unknown): Token {
  const token = typeof named === 'string' ? books.tokens.get(named) : undefined;
  if (token === undefined || token.usedBy !== null) throw new ApiError('PF_TOKEN_NOT_FOUND', 'pfToken');
  if (clock.now().epochMilliseconds - token.openedAt > TOKEN_LIFETIME_MS) {
    throw new ApiError('PF_TOKEN_EXPIRED', 'pfToken');
  }
  if (token.card === null) throw new ApiError('PF_TOKEN_HAS_NO_CARD', 'pfToken');
  return token;
}

function transactionJson(transaction: Transaction): Record<string, unknown> {
  const { currency, amount, type, refunds, chargebacks, metaData, merchantTransactionId, softDescriptor } = transaction;
  const number = (value: bigint) => Number(writeDecimal(value, currency));
  return {
    cardTransactionType: type,
    ...(merchantTransactionId === null ? {} : { merchantTransactionId }),
    transactionId: transaction.id,
    ...(softDescriptor === null ? {} : { softDescriptor: `BLS*${softDescriptor}` }),
    amount: number(amount),
    openToCapture: type === 'AUTH_ONLY' ? number(amount) : 0,
    currency,
    cardHolderInfo: transaction.holder,
    creditCard: { cardLastFourDigits: '9299', cardType: 'VISA', cardSubType: 'CREDIT' },
    processingInfo: { processingStatus: transaction.status, cvvResponseCode: 'MA' },
    ...(metaData.length === 0 ? {} : { transactionMetaData: { metaData } }),
    ...(refunds.length === 0
      ? {}
      : {
          refunds: {
            balanceAmount: number(amount - refundedOf(transaction)),
            refund: refunds.map((each) => ({
              refundTransactionId: Number(each.id),
              amount: number(each.amount),
              currency,
              refundStatus: each.status,
            })),
          },
        }),
    ...(chargebacks.length === 0
      ? {}
      : {
          chargebacks: {
            chargeback: chargebacks.map((each) => ({
              chargebackTransactionId: Number(each.id),
              amount: number(each.amount),
              currency,
              date: dateText(each.at),
            })),
          },
        }),
  };
}

function refundJson({ id, amount, status, reason, metaData }: Transaction['refunds'][number], of: Transaction): Body {
  return {
    cardTransactionType: 'REFUND',
    transactionId: id,
    amount: Number(writeDecimal(amount, of.currency)),
    currency: of.currency,
    reason,
    processingInfo: { processingStatus: status },
    ...(metaData.length === 0 ? {} : { transactionMetaData: { metaData } }),
  };
}

function dateText(at: number): string {
  const [date = ''] = Temporal.Instant.fromEpochMilliseconds(at).toString().split('T');
  const [year, month, day] = date.split('-');
  return `${month}/${day}/${year}`;
}

function currencyOf(value: unknown): string {
  if (typeof value !== 'string' || !/^[A-Z]{3}$/.test(value)) throw new ApiError('CURRENCY_CODE_NOT_FOUND', 'currency');
  return value;
}

function amountOf(value: unknown, currency: string): bigint {
  const text = String(value ?? '');
  const fraction = text.split('.')[1] ?? '';
  if (fraction.length > digitsOf(currency)) throw new ApiError('AMOUNT_EXCEEDED_MAXIMUM_ALLOWED_FRACTION_DIGITS');
  const amount = readDecimal(value, currency);
  if (amount === null || amount === 0n) throw new ApiError('VALIDATION_GENERAL_FAILURE', 'amount');
  return amount;
}

function holderOf(value: unknown): Body {
  const holder = typeof value === 'object' && value !== null ? (value as Body) : {};
  if (!isText(holder.firstName, 100) || !isText(holder.lastName, 100)) {
    throw new ApiError('MISSING_SHOPPER_OR_CARD_HOLDER');
  }
  return holder;
}

function metaDataOf({ transactionMetaData }: Body): readonly MetaData[] {
  const given = (transactionMetaData as { readonly metaData?: unknown } | undefined)?.metaData;
  return Array.isArray(given) ? given.filter(isMetaData) : [];
}

function isMetaData(value: unknown): value is MetaData {
  const { metaKey, metaValue } = (value ?? {}) as Body;
  return isText(metaKey, 40) && isText(metaValue, 500);
}

function isText(value: unknown, max: number): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= max;
}
