import type { Mode } from '../kernel/caller.ts';
import type { FieldError } from '../kernel/problem.ts';
import { checkReturnUrls } from '../payments/check-addresses.ts';
import type { Tenant } from '../tenants/tenant.ts';
import { checkEmvco } from './emvco-payload.ts';
import { amountRule, type QrCode } from './qr-code.ts';
import { emvcoSubject } from './qr-code-json.ts';
import type { CreateQrCodeBody } from './qr-code-shape.ts';

const EXPIRES_IN_MIN_S = 30;
/** A single-use code's one payment lives as long as the code, and no payment lives longer. */
const SINGLE_EXPIRES_IN_MAX_S = 31 * 86_400;
const EXPIRES_IN_MAX_S = 10 * 365 * 86_400;

/** The rules of a new code that need more than the shape of each field. Pure. */
export function checkQrCode(
  body: CreateQrCodeBody,
  code: QrCode,
  { tenant, mode }: { readonly tenant: Tenant; readonly mode: Mode },
): FieldError[] {
  return [
    ...checkKind(body, code),
    ...checkAmounts(code),
    ...checkExpiry(body, code),
    ...checkReturnUrls(tenant, mode, body),
    ...checkContent(code),
  ];
}

function checkKind(body: CreateQrCodeBody, { kind, uses, amountEditable }: QrCode): FieldError[] {
  const errors: FieldError[] = [];
  if (kind === 'dynamic' && uses === 'many') {
    errors.push({ pointer: '/uses', detail: 'Must be single: a dynamic code is for one payment' });
  }
  if (kind === 'dynamic' && amountEditable) {
    errors.push({ pointer: '/amountEditable', detail: 'Must be false: the amount of a dynamic code is fixed' });
  }
  if (uses === 'single' && body.usesMax !== undefined) {
    errors.push({ pointer: '/usesMax', detail: 'Must be left out: this code is for one payment' });
  }
  return errors;
}

function checkAmounts(code: QrCode): FieldError[] {
  const { amount, amountEditable, amountMin, amountMax } = code;
  if (!amountEditable) {
    const limits = [...(amountMin === null ? [] : ['/amountMin']), ...(amountMax === null ? [] : ['/amountMax'])].map(
      (pointer) => ({ pointer, detail: 'Must be left out unless the shopper enters the amount (amountEditable)' }),
    );
    if (amount !== null) return limits;
    return [...limits, { pointer: '/amount', detail: 'Is required unless the shopper enters it (amountEditable)' }];
  }
  if (amountMin !== null && amountMax !== null && amountMin > amountMax) {
    return [{ pointer: '/amountMax', detail: 'Must be at least amountMin' }];
  }
  const outside = amount !== null && amountRule(code, amount) !== null;
  return outside ? [{ pointer: '/amount', detail: 'Must be from amountMin to amountMax' }] : [];
}

function checkExpiry({ expiresIn, expiresAt }: CreateQrCodeBody, code: QrCode): FieldError[] {
  if (expiresIn !== undefined && expiresAt !== undefined) {
    return [{ pointer: '/expiresAt', detail: 'Give expiresIn or expiresAt, not both' }];
  }
  if (code.expiresAt === null) return [];
  const pointer = expiresAt === undefined ? '/expiresIn' : '/expiresAt';
  const seconds = code.expiresAt.since(code.createdAt).total('seconds');
  if (seconds < EXPIRES_IN_MIN_S - 1) return [{ pointer, detail: 'Must be at least 30 seconds from now' }];
  if (code.uses === 'single' && seconds > SINGLE_EXPIRES_IN_MAX_S) {
    return [{ pointer, detail: 'Must be at most 31 days from now for a code of a single use' }];
  }
  return seconds > EXPIRES_IN_MAX_S ? [{ pointer, detail: 'Must be at most 10 years from now' }] : [];
}

function checkContent(code: QrCode): FieldError[] {
  if (code.content === 'url') {
    return code.emvco === null ? [] : [{ pointer: '/emvco', detail: 'Must be left out unless content is emvco' }];
  }
  const subject = emvcoSubject(code);
  if (subject === null) return [{ pointer: '/emvco', detail: 'Is required where content is emvco' }];
  if (subject.mcc === '') {
    return [{ pointer: '/mcc', detail: 'Is required in the payload, here or as defaultMcc in your settings' }];
  }
  return checkEmvco(subject);
}
