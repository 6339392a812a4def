import { present } from '../kernel/assert.ts';
import { toDecimal } from '../kernel/money.ts';
import type { FieldError } from '../kernel/problem.ts';
import { currencyNumber } from './currency-number.ts';
import {
  type EmvcoField,
  encodedLength,
  encodeEmvco,
  FIELD_CHARACTERS_MAX,
  PAYLOAD_CHARACTERS_MAX,
} from './emvco-fields.ts';
import type { EmvcoProfile } from './emvco-profile.ts';

/** What the payload says of one code. */
export interface EmvcoSubject {
  readonly profile: EmvcoProfile;
  readonly kind: 'static' | 'dynamic';
  readonly mcc: string;
  readonly currency: string;
  /** Minor units; null where the payer enters it. */
  readonly amount: bigint | null;
  readonly referenceLabel: string;
  readonly terminalId: string | null;
}

/** The payload that a code of this subject holds. `checkEmvco` has found it to be one. */
export function emvcoPayload(subject: EmvcoSubject): string {
  return encodeEmvco(fieldsOf(subject));
}

/** What of the profile does not fit into a payload. */
export function checkEmvco(subject: EmvcoSubject): FieldError[] {
  const errors = accountFields(subject.profile).flatMap(({ value }, index) =>
    isTooLong(value) ? [{ pointer: `/emvco/accounts/${index}`, detail: TOO_LONG }] : [],
  );
  if (isTooLong(additionalFields(subject)))
    errors.push({ pointer: '/emvco', detail: `The labels together: ${TOO_LONG}` });
  if (errors.length === 0 && emvcoPayload(subject).length > PAYLOAD_CHARACTERS_MAX) {
    errors.push({ pointer: '/emvco', detail: `All of it must be at most ${PAYLOAD_CHARACTERS_MAX} characters` });
  }
  return errors;
}

const TOO_LONG = `Must be at most ${FIELD_CHARACTERS_MAX} characters, ids and lengths included`;

function isTooLong(value: EmvcoField['value']): boolean {
  if (typeof value === 'string') return value.length > FIELD_CHARACTERS_MAX;
  return encodedLength(value) > FIELD_CHARACTERS_MAX || value.some((field) => isTooLong(field.value));
}

function fieldsOf(subject: EmvcoSubject): readonly EmvcoField[] {
  const { profile, kind, mcc, currency, amount } = subject;
  return [
    { tag: '01', value: kind === 'static' ? '11' : '12' },
    ...accountFields(profile).toSorted(byTag),
    { tag: '52', value: mcc },
    { tag: '53', value: currencyNumber(currency) },
    ...given('54', amount === null ? null : toDecimal({ amount, currency })),
    { tag: '58', value: profile.countryCode },
    { tag: '59', value: profile.merchantName },
    { tag: '60', value: profile.merchantCity },
    ...given('61', profile.postalCode),
    { tag: '62', value: additionalFields(subject) },
  ];
}

function accountFields({ accounts }: EmvcoProfile): readonly EmvcoField[] {
  return accounts.map(({ tag, fields }) => ({ tag, value: inOrder(fields) }));
}

/** By their digits, 00 first: neither JSON nor the database keeps an order. */
function inOrder(fields: Readonly<Record<string, string | Readonly<Record<string, string>>>>): EmvcoField[] {
  return Object.keys(fields)
    .sort()
    .map((tag) => {
      const value = present(fields[tag], 'a field by its own key');
      return { tag, value: typeof value === 'string' ? value : inOrder(value) };
    });
}

function byTag(one: EmvcoField, other: EmvcoField): number {
  return Number(one.tag) - Number(other.tag);
}

const LABEL_CHARACTERS_MAX = 25;

function additionalFields({ profile, referenceLabel, terminalId }: EmvcoSubject): readonly EmvcoField[] {
  const fits = terminalId !== null && terminalId.length <= LABEL_CHARACTERS_MAX && /^[ -~]+$/.test(terminalId);
  return [
    ...given('01', profile.billNumber),
    ...given('03', profile.storeLabel),
    ...given('05', profile.referenceLabel ?? referenceLabel),
    ...given('07', profile.terminalLabel ?? (fits ? terminalId : null)),
    ...given('08', profile.purpose),
  ];
}

function given(tag: string, value: string | null | undefined): readonly EmvcoField[] {
  return value === null || value === undefined ? [] : [{ tag, value }];
}
