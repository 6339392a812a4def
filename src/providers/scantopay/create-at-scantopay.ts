import type { CreateAnswer, CreateInput, NextAction } from '../provider.ts';
import { refused, unknown } from '../read-answer.ts';
import { wireAmountOf } from './scantopay-amount.ts';
import { askScantopay, type ScantopayLine, type ScantopayReply } from './scantopay-client.ts';
import { notificationKeyOf } from './scantopay-credentials.ts';
import { type ScantopayMethod, scantopayMethod } from './scantopay-method.ts';
import { wireCode, wireHostedCheckout } from './scantopay-wire.ts';

const CALLBACK_CHARACTERS_MAX = 400;
const DESCRIPTION_CHARACTERS = { min: 5, max: 45 } as const;
const NAME_CHARACTERS_MAX = 40;
/** The provider's clock may be behind ours by less than this. */
const CLOCK_MARGIN = { minutes: 1 } as const;

/**
 * Starts an attempt: a code that one payment uses up, or a hosted checkout. The reference is the idempotency key, and a
 * second use of it is refused without saying what the first came to.
 */
export async function createAtScantopay(line: ScantopayLine, input: CreateInput): Promise<CreateAnswer> {
  const chosen = scantopayMethod.safeParse(input.method);
  if (!chosen.success) return refused('invalid_method', 'This is no method of Scan to Pay');
  const { currency } = line.call.credentials;
  if (input.captureMethod === 'manual') return refused('capture_not_supported', 'Scan to Pay takes money at once');
  if (input.amount.currency !== currency) return refused('currency_mismatch', 'The account has another currency');
  const amount = wireAmountOf(input.amount);
  if (amount === null) return refused('amount_not_supported', 'Scan to Pay cannot take exactly this amount');
  const method = chosen.data ?? { type: 'scantopay', flow: 'qr' };
  const overrides = overridesOf(input);
  if (overrides === null)
    return refused('invalid_override', 'A terminal, merchant name, mcc or rrn2 is not acceptable');
  return method.flow === 'hosted'
    ? createHosted(line, input, { amount, ...overrides })
    : createCode(line, input, { amount, ...overrides }, method);
}

type Content = Readonly<Record<string, unknown>>;

/** Source: https://developer.scantopay.io/docs/code-management */
async function createCode(
  line: ScantopayLine,
  input: CreateInput,
  content: Content,
  method: ScantopayMethod,
): Promise<CreateAnswer> {
  const reply = await askScantopay(line, {
    method: 'POST',
    path: '/pluto/code/create',
    body: {
      ...content,
      merchantReference: input.attemptId,
      expiryDate: input.expiresAt.epochMilliseconds,
      useOnce: true,
      shortDescription: descriptionOf(input.description),
    },
  });
  if (reply.kind !== 'ok') return notCreated(line, input, reply);
  const parsed = wireCode.safeParse(reply.body);
  if (!parsed.success) return unknown('the answer is no code');
  const { code, codeUrl, expiryDate } = parsed.data;
  const nextAction = method.flow === 'app' ? walletAction(code, method.wallet, input) : scanAction(code, codeUrl);
  const expiresAt = expiryOf(expiryDate);
  return {
    kind: 'answered',
    providerRef: code,
    report: { state: 'requires_action', nextAction, ...(expiresAt === null ? {} : { expiresAt }) },
  };
}

/** Source: https://developer.scantopay.io/docs/api-create-transaction */
async function createHosted(line: ScantopayLine, input: CreateInput, content: Content): Promise<CreateAnswer> {
  // Such a payment is told by notification alone, and taken back unless that is acknowledged.
  if (notificationKeyOf(line.call.credentials) === null) {
    return refused('notification_key_missing', 'A hosted checkout needs the notification key');
  }
  if (input.returnUrl.length > CALLBACK_CHARACTERS_MAX) {
    return refused('return_url_too_long', `Scan to Pay takes return addresses of at most ${CALLBACK_CHARACTERS_MAX}`);
  }
  const reply = await askScantopay(line, {
    method: 'POST',
    path: '/bluebox/secure/createTx',
    body: {
      ...content,
      reference: input.attemptId,
      callbackUrl: input.returnUrl,
      notificationUrl: input.notificationUrl,
      description: descriptionOf(input.description),
      requestShipping: false,
    },
  });
  if (reply.kind !== 'ok') return notCreated(line, input, reply);
  const parsed = wireHostedCheckout.safeParse(reply.body);
  if (!parsed.success || parsed.data.reference !== input.attemptId) {
    return unknown('the answer is no checkout of this reference');
  }
  const { status, redirectUrl } = parsed.data;
  if (/^FAILED\b/.test(status)) {
    // The reason is a sentence; one that may be about an earlier request of ours leaves that one open.
    return /duplicate|already|unique/i.test(status)
      ? taken(line, input)
      : refused('checkout_failed', 'Scan to Pay opened no checkout');
  }
  if (status !== 'SUCCESS' || redirectUrl === null || redirectUrl === undefined) {
    return unknown('the answer names no page');
  }
  if (line.call.mode === 'live' && !redirectUrl.startsWith('https://')) return unknown('the page is not on https');
  // No id of the provider's exists before the payer acts, so that the attempt goes by its own name.
  const nextAction: NextAction = { type: 'redirect', url: redirectUrl, embeddable: false };
  return { kind: 'answered', providerRef: input.attemptId, report: { state: 'requires_action', nextAction } };
}

function notCreated(line: ScantopayLine, input: CreateInput, reply: Exclude<ScantopayReply, { kind: 'ok' }>) {
  return reply.kind === 'refused' && reply.code === 'duplicate_reference' ? taken(line, input) : reply;
}

/**
 * An earlier request took the reference and its answer is lost, and with it the only way to pay: nobody was shown the
 * code. Until its time is over another copy of the request may still be answered, so that nothing is certain.
 */
function taken({ call }: ScantopayLine, { attemptId, expiresAt }: CreateInput): CreateAnswer {
  return isOver(call.clock.now(), expiresAt)
    ? { kind: 'answered', providerRef: attemptId, report: { state: 'expired' } }
    : unknown('an earlier request used the reference');
}

/** Source of the lengths: https://developer.scantopay.io/docs/api-create-transaction */
function overridesOf({ terminalId, subMerchantName, mcc, rrn2 }: CreateInput): Content | null {
  const tooLong = [terminalId, subMerchantName].some((name) => (name?.length ?? 0) > NAME_CHARACTERS_MAX);
  const isOdd =
    (mcc !== undefined && !/^\d{4}$/.test(mcc)) || (rrn2 !== undefined && !/^[0-9A-Za-z]{1,12}$/.test(rrn2));
  if (tooLong || isOdd) return null;
  return {
    ...(terminalId === undefined ? {} : { terminalId }),
    ...(subMerchantName === undefined ? {} : { subMerchantName }),
    ...(mcc === undefined ? {} : { mcc }),
    ...(rrn2 === undefined ? {} : { rrn2: rrn2.padStart(12, '0') }),
  };
}

/** Shown to the payer and mandatory, so that one that is too short or missing is filled up. */
function descriptionOf(description: string | undefined): string {
  const { min, max } = DESCRIPTION_CHARACTERS;
  const given = (description ?? '').replace(/\p{Cc}+/gu, ' ').trim();
  const filled = given.length >= min ? given : `Payment ${given}`.trim();
  // Cut between characters, not within one that takes two units.
  return filled
    .slice(0, max)
    .replace(/[\uD800-\uDBFF]$/, '')
    .trim();
}

/** A wallet takes the address of the code, or its ten digits. */
export function scanAction(code: string, codeUrl: string | null | undefined): NextAction {
  return codeUrl === null || codeUrl === undefined
    ? { type: 'qr', payload: code }
    : { type: 'qr', payload: codeUrl, deepLink: codeUrl };
}

/** Source: https://developer.scantopay.io/docs/app-to-app-android */
function walletAction(code: string, wallet: string, { returnUrl }: CreateInput): NextAction {
  const scheme = `masterpass.${wallet}.scheme`;
  return { type: 'deep_link', url: `${scheme}://masterpass.oltio.co.za/${code}/${encodeURIComponent(returnUrl)}` };
}

/** Whether a code's time is over at the provider too. */
export function isOver(now: Temporal.Instant, expiresAt: Temporal.Instant): boolean {
  return Temporal.Instant.compare(now, expiresAt.add(CLOCK_MARGIN)) >= 0;
}

/** The instant in milliseconds since 1970; null for never, and beyond what an instant can be. */
export function expiryOf(milliseconds: string): Temporal.Instant | null {
  const value = Number(milliseconds);
  return value === 0 ? null : Temporal.Instant.fromEpochMilliseconds(value);
}
