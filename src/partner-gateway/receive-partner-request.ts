import type { z } from 'zod';
import { findCardNumbersIn } from '../kernel/card-number.ts';
import { Problem } from '../kernel/problem.ts';
import { findSigner, type Signer } from '../partners/find-signer.ts';
import { type PartnerMembers, partnerTextOf, signPartnerText } from '../partners/sign-partner-message.ts';
import type { PaymentContext } from '../payments/context.ts';
import { type CreatePayment, createCreatePayment } from '../payments/create-payment.ts';
import { parseJson } from '../platform/http/parse-json.ts';
import { checkAgainst } from '../platform/http/validation.ts';
import { createPartnerPayment } from './create-partner-payment.ts';
import { createRequest, type PartnerOperation, queryRequest, refundRequest, SIGNED } from './messages.ts';
import { queryPartnerPayment } from './query-partner-payment.ts';
import { refundPartnerPayment } from './refund-partner-payment.ts';
import { Refusal, type RefusalCode, refusalBody, refusalOf } from './refusal.ts';

export interface PartnerRequest {
  readonly operation: PartnerOperation;
  readonly body: Uint8Array;
  /** Whether it came by TLS; live mode takes nothing else. */
  readonly secure: boolean;
  readonly correlationId: string;
}

export interface PartnerReply {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  /** For the record: why it was refused, and whose key had signed. */
  readonly refusal: RefusalCode | null;
  readonly partnerKeyId: string | null;
}

export type ReceivePartnerRequest = (request: PartnerRequest) => Promise<PartnerReply>;

/** How far a signed timestamp may be from now, either way. */
const TOLERANCE_MS = 300_000;

/**
 * Answers what partners ask of us. Order: read strictly what could be read in two ways; verify the signature, and only
 * then look at what is said; answer, or refuse, under the key that the request was signed with. Who has proven nothing
 * gets no signature, which would be one for somebody else.
 * @throws (from the returned function) whatever is no certain no, to be answered like any other failure
 */
export function createReceivePartnerRequest(context: PaymentContext): ReceivePartnerRequest {
  const createPayment = createCreatePayment(context);
  return async (request) => {
    let signer: Signer | null = null;
    let members: PartnerMembers = {};
    try {
      members = membersIn(request.body);
      const signed = partnerTextOf(SIGNED[request.operation], members);
      if (!signed.ok) throw fieldRefusal('malformed', `/${signed.member}`, signed.rule);
      const { merchantCode, signature } = members;
      signer = await findSigner(context, { merchantCode, text: signed.text, signature });
      if (signer === null) {
        throw new Refusal('invalid_signature', 'The signature is missing or wrong, or there is no such merchant');
      }
      if (signer.key.mode === 'live' && !request.secure) throw new Refusal('https_required', 'Use HTTPS');
      const verified = { signer, members, text: signed.text };
      return replyOf(await perform(context, createPayment, request.operation, verified), signer);
    } catch (error) {
      const refusal = refusalOf(error);
      const body = { ...refusalBody(refusal, request.correlationId), ...orderIn(signer, members) };
      return replyOf({ members: body, signed: SIGNED.refused, refusal }, signer);
    }
  };
}

/** A request that is known to be its signer's; `text` is what was signed. */
interface VerifiedRequest {
  readonly signer: Signer;
  readonly members: PartnerMembers;
  readonly text: string;
}

interface Answer {
  readonly members: PartnerMembers;
  /** Which of its members are signed, in their order. */
  readonly signed: readonly string[];
  readonly refusal?: Refusal;
}

async function perform(
  context: PaymentContext,
  createPayment: CreatePayment,
  operation: PartnerOperation,
  { signer: { key }, members, text }: VerifiedRequest,
): Promise<Answer> {
  switch (operation) {
    case 'create-payment': {
      const asked = checked(createRequest, members);
      return { members: await createPartnerPayment(createPayment, key, { ...asked, text }), signed: SIGNED.created };
    }
    case 'query-payment': {
      const asked = checked(queryRequest, members);
      refuseStale(context, asked);
      return { members: await queryPartnerPayment(context.database.query, key, asked), signed: SIGNED.queried };
    }
    case 'refund': {
      const asked = checked(refundRequest, members);
      refuseStale(context, asked);
      return { members: await refundPartnerPayment(context, key, asked), signed: SIGNED.refunded };
    }
  }
}

function refuseStale({ clock }: PaymentContext, { timestamp }: { readonly timestamp: Temporal.Instant }): void {
  if (Math.abs(clock.now().epochMilliseconds - timestamp.epochMilliseconds) <= TOLERANCE_MS) return;
  throw new Refusal('stale_timestamp', 'The timestamp is more than 5 minutes from now');
}

function membersIn(bytes: Uint8Array): PartnerMembers {
  const json = readJson(bytes);
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as PartnerMembers;
  throw new Refusal('malformed', 'The body must be one JSON object');
}

function readJson(bytes: Uint8Array): unknown {
  try {
    return parseJson(bytes);
  } catch (error) {
    if (error instanceof Problem) throw new Refusal('malformed', error.message);
    throw error;
  }
}

/** The request in its shape; an empty value is an absent one, since it is signed as one. */
function checked<Request extends z.ZodType>(shape: Request, members: PartnerMembers): z.output<Request> {
  const { signature, ...said } = members;
  const numbers = findCardNumbersIn(said);
  if (numbers.length > 0) {
    const errors = numbers.map((pointer) => ({ pointer, detail: 'Must not hold a card number' }));
    throw new Refusal('validation_failed', 'Card numbers do not belong here', errors);
  }
  const present = Object.entries(members).filter(([, value]) => value !== null && value !== '');
  const outcome = checkAgainst(shape, Object.fromEntries(present), 'body');
  if (!outcome.ok) throw new Refusal('validation_failed', 'Some fields break a rule', outcome.errors);
  return outcome.value as z.output<Request>;
}

/** A refusal names the order, where its sender is known. */
function orderIn(signer: Signer | null, { orderId }: PartnerMembers): PartnerMembers {
  return signer !== null && typeof orderId === 'string' && orderId.length <= 64 ? { orderId } : {};
}

function fieldRefusal(code: RefusalCode, pointer: string, detail: string): Refusal {
  return new Refusal(code, 'Some fields cannot be signed', [{ pointer, detail }]);
}

function replyOf({ members, signed: names, refusal }: Answer, signer: Signer | null): PartnerReply {
  const about = {
    status: refusal?.status ?? 200,
    contentType: refusal === undefined ? 'application/json' : 'application/problem+json',
    refusal: refusal?.code ?? null,
    partnerKeyId: signer?.key.partnerKeyId ?? null,
  };
  if (signer === null) return { ...about, body: JSON.stringify(members) };
  const signed = partnerTextOf(names, members);
  if (!signed.ok) throw new Error(`An answer cannot be signed: ${signed.member}`);
  const signature = signPartnerText(signer.secret, signed.text);
  return { ...about, body: JSON.stringify({ ...members, signature }) };
}
