import { assert } from '../kernel/assert.ts';
import { crc16 } from './crc16.ts';

/**
 * The data objects of a merchant-presented QR code, by EMV QR Code Specification for Payment Systems (EMV QRCPS),
 * Merchant-Presented Mode, version 1.1: two digits of id, two of length, the value.
 * https://www.emvco.com/emv-technologies/qr-codes/
 */
export interface EmvcoField {
  readonly tag: string;
  readonly value: string | readonly EmvcoField[];
}

export type ParsedEmvco =
  | { readonly ok: true; readonly fields: readonly EmvcoField[] }
  | { readonly ok: false; readonly rule: string };

/** Two digits of length cannot say more. */
export const FIELD_CHARACTERS_MAX = 99;
/** Section 4.1: what a code should hold at most, so that phones can read it. */
export const PAYLOAD_CHARACTERS_MAX = 512;

const FORMAT = '00';
const CRC = '63';
const CRC_CHARACTERS = 4;

/** The payload of fields, with the payload format before and the CRC after them; templates are nested fields. */
export function encodeEmvco(fields: readonly EmvcoField[]): string {
  const body = `${encodeFields([{ tag: FORMAT, value: '01' }, ...fields])}${CRC}0${CRC_CHARACTERS}`;
  return body + crc16(body);
}

/** How long the value of a template becomes. */
export function encodedLength(fields: readonly EmvcoField[]): number {
  return charactersOf(encodeFields(fields));
}

function encodeFields(fields: readonly EmvcoField[]): string {
  return fields
    .map(({ tag, value }) => {
      const text = typeof value === 'string' ? value : encodeFields(value);
      const length = charactersOf(text);
      assert(/^\d\d$/.test(tag) && length > 0, 'A field has two digits of id and a value');
      // A longer one is refused before it is drawn; here it only is not to be mistaken for a shorter one.
      return `${tag}${String(length).padStart(2, '0')}${text}`;
    })
    .join('');
}

/**
 * Reads a payload back, strictly: structure, order, CRC, and what must be in it. Merchant account information and the
 * other templates come as nested fields, which hold their values as they are.
 */
export function parseEmvco(payload: string): ParsedEmvco {
  const fields = splitFields(payload);
  if (fields === null) return refused('is no row of fields');
  const [first] = fields;
  const last = fields.at(-1);
  if (first?.tag !== FORMAT || first.value !== '01') return refused('must begin with its payload format, 01');
  if (last?.tag !== CRC || charactersOf(last.value) !== CRC_CHARACTERS) return refused('must end with its CRC');
  if (crc16(payload.slice(0, -CRC_CHARACTERS)) !== last.value) return refused('has another CRC');
  const values = new Map(fields.map(({ tag, value }) => [tag, value]));
  if (values.size !== fields.length) return refused('has a field twice');
  const broken = RULES.find(({ tag, pattern, optional }) => {
    const value = values.get(tag);
    return value === undefined ? optional !== true : !pattern.test(value);
  });
  if (broken !== undefined) return refused(`breaks the rule of field ${broken.tag}`);
  if (!fields.some(({ tag }) => tag >= '02' && tag <= '51')) return refused('names no merchant account');
  const whole: EmvcoField[] = [];
  for (const { tag, value } of fields) {
    const nested = isTemplate(tag) ? splitFields(value) : value;
    if (nested === null) return refused(`has no fields in the template ${tag}`);
    whole.push({ tag, value: nested });
  }
  return { ok: true, fields: whole };
}

interface Rule {
  readonly tag: string;
  readonly pattern: RegExp;
  readonly optional?: true;
}

/** Table 3.2 and the sections that it names. */
const RULES: readonly Rule[] = [
  { tag: '01', pattern: /^1[12]$/, optional: true },
  { tag: '52', pattern: /^\d{4}$/ },
  { tag: '53', pattern: /^\d{3}$/ },
  { tag: '54', pattern: /^(?=.{1,13}$)\d+(\.\d*)?$/, optional: true },
  { tag: '58', pattern: /^[A-Z]{2}$/ },
  { tag: '59', pattern: /^[ -~]{1,25}$/ },
  { tag: '60', pattern: /^[ -~]{1,15}$/ },
  { tag: '61', pattern: /^[ -~]{1,10}$/, optional: true },
];

/** Merchant accounts of schemes without an id of their own, additional data, another language, and what is unreserved. */
function isTemplate(tag: string): boolean {
  return (tag >= '26' && tag <= '51') || tag === '62' || tag === '64' || tag >= '80';
}

/** Null where the text is no whole row of fields. Lengths count characters, of which some take several bytes. */
function splitFields(text: string): { readonly tag: string; readonly value: string }[] | null {
  const characters = [...text];
  const fields: { tag: string; value: string }[] = [];
  for (let at = 0; at < characters.length; ) {
    const [, tag, digits] = /^(\d\d)(\d\d)$/.exec(characters.slice(at, at + 4).join('')) ?? [];
    const length = Number(digits);
    if (tag === undefined || length === 0 || at + 4 + length > characters.length) return null;
    fields.push({ tag, value: characters.slice(at + 4, at + 4 + length).join('') });
    at += 4 + length;
  }
  return fields;
}

function charactersOf(text: string): number {
  return [...text].length;
}

function refused(rule: string): ParsedEmvco {
  return { ok: false, rule: `The payload ${rule}` };
}
