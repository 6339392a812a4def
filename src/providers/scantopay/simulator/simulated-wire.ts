import { createCipheriv } from 'node:crypto';
import type { SimulatedCode, SimulatedTransaction } from './simulated-ledger.ts';
import { SimulatedRefusal } from './simulated-refusal.ts';

/** A number of a request, with the digits it was written with. */
interface Written {
  readonly number: number;
  readonly source: string;
}

export type Fields = Readonly<Record<string, unknown>>;

/** @throws SimulatedRefusal where the body is no JSON object */
export function readFields(body: Buffer, contentType: string): Fields {
  if (!/^application\/json\b/.test(contentType))
    throw new SimulatedRefusal(400, 'Content-Type must be application/json');
  try {
    const read: unknown = JSON.parse(body.toString('utf8'), (_key, value: unknown, context?: { source?: string }) =>
      typeof value === 'number' ? { number: value, source: context?.source ?? '' } : value,
    );
    if (typeof read === 'object' && read !== null && !Array.isArray(read)) return { ...read };
  } catch {
    // Answered below like everything that is no object.
  }
  throw new SimulatedRefusal(400, 'Malformed request');
}

/** @throws SimulatedRefusal where the field is missing, no text, or of another length */
export function textField(fields: Fields, name: string, min: number, max: number): string {
  const value = fields[name];
  if (typeof value !== 'string' || value.length < min || value.length > max) {
    throw new SimulatedRefusal(400, `${name} must be a text of ${min} to ${max} characters`);
  }
  return value;
}

/** The same for a field that may be left out. */
export function optionalText(fields: Fields, name: string, pattern: RegExp): void {
  const value = fields[name];
  if (value !== undefined && (typeof value !== 'string' || !pattern.test(value))) {
    throw new SimulatedRefusal(400, `${name} is not acceptable`);
  }
}

/** Hundredths; a third decimal is rounded down. @throws SimulatedRefusal */
export function amountField(fields: Fields, name = 'amount'): bigint {
  const match = isWritten(fields[name]) ? /^(\d{1,12})(?:\.(\d+))?$/.exec(fields[name].source) : null;
  if (match?.[1] === undefined) throw new SimulatedRefusal(432, 'INVALID_AMOUNT');
  return BigInt(match[1]) * 100n + BigInt((match[2] ?? '').padEnd(2, '0').slice(0, 2));
}

/** Undefined where the field is missing or no number. */
export function numberField(fields: Fields, name: string): number | undefined {
  const value = fields[name];
  return isWritten(value) ? value.number : undefined;
}

function isWritten(value: unknown): value is Written {
  return typeof value === 'object' && value !== null && 'source' in value && 'number' in value;
}

/** The digits the provider writes: four decimals, whatever the currency. */
function amountJson(hundredths: bigint): string {
  return `${hundredths / 100n}.${(hundredths % 100n).toString().padStart(2, '0')}00`;
}

/** Puts the exact digits of amounts into JSON, which would shorten them. */
function withAmount(members: Fields, hundredths: bigint): string {
  return JSON.stringify({ ...members, amount: '#' }).replace('"#"', amountJson(hundredths));
}

/** A code as it stands. */
export function codeJson(code: SimulatedCode): string {
  return withAmount(
    {
      code: code.code,
      codeState: code.state,
      merchantReference: code.reference,
      expiryDate: code.expiresAt?.epochMilliseconds ?? 0,
      codeUrl: null,
    },
    code.hundredths,
  );
}

/** Queries use the long state names. */
export function transactionJson(transaction: SimulatedTransaction, currency: string): string {
  const { id, code, hundredths, status, bankResponse, originalId, createdAt } = transaction;
  const members = {
    ...{ transactionId: id, reference: code.reference, currencyCode: currency, status, code: code.code },
    ...{ clientMsisdn: '27830000000', retrievalReferenceNumber: 282_352, date: dateText(createdAt) },
    ...(bankResponse === null ? {} : { bankResponse }),
    ...(originalId === null ? {} : { originalTransactionId: originalId }),
  };
  return withAmount(members, hundredths);
}

const SHORT_NAMES: Readonly<Record<string, string>> = {
  END_REVERSED: 'REVERSED',
  END_REFUNDED: 'REFUNDED',
  END_CLIENT_CANCEL: 'CLIENT_CANCEL',
  END_BANK_NON_00: 'BANK_REJECTED',
};

/** A notification's plaintext: short state names, and the card, of which a receiver has no need. */
export function notificationJson(transaction: SimulatedTransaction, currency: string): string {
  const status = SHORT_NAMES[transaction.status] ?? transaction.status;
  const json = transactionJson({ ...transaction, status }, currency);
  const card = { cardType: transaction.cardType, binLast4: '1234', accountType: 'Credit' };
  return `${json.slice(0, -1)},"cardInfo":${JSON.stringify(card)}}`;
}

/** Base64 of AES-128-CBC with zeros for a vector, the key as hexadecimal digits. */
export function encryptNotification(keyHex: string, plaintext: string): string {
  const cipher = createCipheriv('aes-128-cbc', Buffer.from(keyHex, 'hex'), Buffer.alloc(16));
  return Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]).toString('base64');
}

function dateText(at: Temporal.Instant): string {
  return at
    .toZonedDateTimeISO('Africa/Johannesburg')
    .toPlainDateTime()
    .toString({ smallestUnit: 'millisecond' })
    .replace('T', ' ');
}
