import pino from 'pino';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** Facts beside the message; what is secret by its key or its shape is masked, `Error`s are written with their stack. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Writes JSON lines. The message is a constant sentence, so that lines can be counted by it; facts go into fields. */
export interface Logger {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
  /** A logger whose every line carries these fields too. */
  child(fields: LogFields): Logger;
}

interface LoggerOptions {
  readonly level: LogLevel;
  /** Where lines go; stdout unless given. */
  readonly stream?: { write(line: string): void };
}

/**
 * The only way to a log line. Everything passes `redact` before it reaches the writer, so that a new field, a nested
 * object or an error's message cannot go around it.
 */
export function createLogger(options: LoggerOptions): Logger {
  const settings = { level: options.level, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  return redacting(options.stream === undefined ? pino(settings) : pino(settings, options.stream));
}

function redacting(writer: pino.Logger): Logger {
  const write = (level: 'debug' | 'info' | 'warn' | 'error') => (fields: LogFields, message: string) => {
    if (writer.isLevelEnabled(level)) writer[level](redact(fields), maskMessage(message));
  };
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: (fields) => redacting(writer.child(redact(fields) as Record<string, unknown>)),
  };
}

/** Messages are constant sentences, so each is looked through once. Bounded, in case somebody makes one up each time. */
const maskedMessages = new Map<string, string>();
const MASKED_MESSAGES_MAX = 1_000;

function maskMessage(message: string): string {
  const known = maskedMessages.get(message);
  if (known !== undefined) return known;
  const masked = maskText(message);
  if (maskedMessages.size < MASKED_MESSAGES_MAX) maskedMessages.set(message, masked);
  return masked;
}

const MASK = '[masked]';

/** Objects below this depth are left out, which also ends cycles. */
const DEPTH_MAX = 6;
/** One line must not fill a disk. */
const ENTRIES_MAX = 100;
const TEXT_LENGTH_MAX = 8_192;

/** A key is secret when its letters and digits, in lower case, contain one of these. */
const SECRET_KEY_PARTS = [
  'authorization',
  'cookie',
  'secret',
  'password',
  'passphrase',
  'token',
  'apikey',
  'signature',
  'credential',
  'cardnumber',
  'cvc',
  'cvv',
  'securitycode',
  'privatekey',
  'masterkey',
  'protectionkey',
  'notificationkey',
  'datakey',
  'setupurl',
];
/** Too short to look for inside other words. */
const SECRET_KEYS = new Set(['pan', 'key', 'pin', 'dek', 'kek', 'authkey', 'jwt', 'sig', 'otp', 'totp']);

/** Remembers the verdicts: the same few dozen keys come with every line. Bounded, since keys can be a stranger's. */
const keyVerdicts = new Map<string, boolean>();
const KEY_VERDICTS_MAX = 1_000;

function isSecretKey(key: string): boolean {
  const known = keyVerdicts.get(key);
  if (known !== undefined) return known;
  const letters = key.toLowerCase().replace(/[^a-z0-9]/g, '');
  const verdict = SECRET_KEYS.has(letters) || SECRET_KEY_PARTS.some((part) => letters.includes(part));
  if (keyVerdicts.size < KEY_VERDICTS_MAX) keyVerdicts.set(key, verdict);
  return verdict;
}

/** A copy that is safe to write down: secrets masked by key and by shape, cut in depth, width and length. */
function redact(value: unknown): unknown {
  return redactAt(value, 0);
}

function redactAt(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return maskText(value);
  if (typeof value === 'bigint') return maskText(value.toString());
  if (typeof value === 'number') return redactNumber(value);
  if (typeof value === 'function' || typeof value === 'symbol') return `[${typeof value}]`;
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return `[${value.byteLength} bytes]`;
  if (depth >= DEPTH_MAX) return '[too deep]';
  if (value instanceof Error) return redactError(value, depth);
  if (Array.isArray(value)) return value.slice(0, ENTRIES_MAX).map((item) => redactAt(item, depth + 1));
  if (value instanceof Map)
    return redactEntries(
      [...value].map(([key, item]) => [String(key), item]),
      depth,
    );
  if (value instanceof Set) return redactAt([...value], depth);
  if (isPlain(value)) return redactEntries(Object.entries(value), depth);
  // Instants, URLs and the like have a text of their own; anything else names itself at most.
  return maskText(String(value));
}

/** A card number can come as a number too. */
function redactNumber(value: number): number | string {
  const text = String(value);
  const masked = maskText(text);
  return masked === text ? value : masked;
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  if (prototype === null || prototype === Object.prototype) return true;
  return prototype.toString === Object.prototype.toString;
}

function redactEntries(entries: readonly (readonly [string, unknown])[], depth: number): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const [key, item] of entries.slice(0, ENTRIES_MAX)) {
    const hidden = isSecretKey(key) && item !== undefined && item !== null && typeof item !== 'boolean';
    copy[maskText(key)] = hidden ? MASK : redactAt(item, depth + 1);
  }
  return copy;
}

/** Where PostgreSQL quotes the rows and parameters it stumbled over, that is, anybody's data. */
const DATABASE_VALUES = new Set(['detail', 'where', 'internalQuery']);

function redactError(error: Error, depth: number): Record<string, unknown> {
  const { name, message, stack, cause } = error;
  const facts = Object.entries(error).filter(([key]) => !('severity' in error && DATABASE_VALUES.has(key)));
  return {
    ...redactEntries(facts, depth),
    type: name,
    message: maskText(message),
    stack: maskText(stack ?? ''),
    ...(cause === undefined ? {} : { cause: redactAt(cause, depth + 1) }),
  };
}

/** Shapes of secrets that turn up inside sentences, headers and URLs; what stays tells which kind it was. */
const SECRET_SHAPES: readonly (readonly [RegExp, string])[] = [
  // The hosted page's and the checkout interface's addresses carry the token that opens a payment.
  [/(\/(?:c|checkout-sessions)\/)[^/?#\s"'{}]+/g, `$1${MASK}`],
  [/\b((?:Bearer|Basic)\s+)[\w.~+/=-]+/gi, `$1${MASK}`],
  [/\b((?:sk|pk|rk)_(?:test|live)_|whsec_|whsk_)[\w.~+/=-]+/g, `$1${MASK}`],
  [/\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]+){1,3}/g, MASK],
  // User and password inside a URL.
  [/(\b[a-z][a-z0-9+.-]{0,30}:\/\/)[^/?#\s@]+@/gi, `$1${MASK}@`],
  [/([?&](?:token|secret|signature|sig|key|password|code)=)[^&#\s"']+/gi, `$1${MASK}`],
];

/** Digits in groups as people write card numbers, beginning as card numbers do (ISO/IEC 7812; not 1: epoch times). */
const CARD_NUMBER = /(?<![\w.])[2-6]\d{3}(?:[ -]?\d){9,15}(?![\w])/g;

/** Masks what has the shape of a secret, and cuts the text. Linear in its length. */
function maskText(text: string): string {
  let masked = text.length > TEXT_LENGTH_MAX ? `${text.slice(0, TEXT_LENGTH_MAX)}…` : text;
  // Most texts are short words; the shapes need at least a separator or many digits.
  if (masked.length < 8) return masked;
  for (const [shape, replacement] of SECRET_SHAPES) masked = masked.replace(shape, replacement);
  return masked.replace(CARD_NUMBER, (digits) => (passesLuhn(digits) ? '[card number]' : digits));
}

/** The check digit of ISO/IEC 7812-1 annex B. */
function passesLuhn(text: string): boolean {
  const digits = text.replace(/\D/g, '');
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
