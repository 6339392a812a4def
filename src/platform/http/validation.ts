import type { z } from 'zod';
import type { FieldError } from '../../kernel/problem.ts';
import { DecimalLiteral, jsonPointer } from './parse-json.ts';

/** Where a value came from. Pointers into the body stand alone; the other parts lead with their name. */
export type RequestPart = 'body' | 'query' | 'path';

/** An answer with thousands of errors helps nobody. */
const ERRORS_MAX = 50;

type Checked = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly errors: FieldError[] };

/** Checks a value by its schema; every broken rule becomes a pointer and a sentence that never repeats the value. */
export function checkAgainst(schema: z.ZodType, value: unknown, part: RequestPart): Checked {
  const result = schema.safeParse(value, { error: describeIssue });
  if (result.success) return { ok: true, value: result.data };
  const prefix = part === 'body' ? [] : [part];
  const errors = result.error.issues.flatMap((issue) => fieldErrors(issue, prefix));
  return { ok: false, errors: errors.slice(0, ERRORS_MAX) };
}

function fieldErrors(issue: z.core.$ZodIssue, prefix: readonly PropertyKey[]): FieldError[] {
  const path = [...prefix, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ pointer: pointerTo([...path, key]), detail: 'Is not a known field' }));
  }
  if (issue.code === 'invalid_union') {
    const chosen = intendedOption(issue.errors);
    if (chosen !== undefined) return chosen.flatMap((inner) => fieldErrors(inner, path));
  }
  return [{ pointer: pointerTo(path), detail: issue.message }];
}

/** A union's option that took the value's type and failed further in is what the sender meant, if it is the only one. */
function intendedOption(options: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] | undefined {
  const plausible = options.filter(
    (issues) => issues.length > 0 && !issues.some((issue) => issue.path.length === 0 && issue.code === 'invalid_type'),
  );
  return plausible.length === 1 ? plausible[0] : undefined;
}

function pointerTo(path: readonly PropertyKey[]): string {
  return jsonPointer(path).slice(0, 200).toWellFormed();
}

/** A rule in words; used wherever the schema's author gave no sentence of their own. */
function describeIssue(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return describeType(String(issue.expected), issue.input);
    case 'too_small':
      return describeBound('at least', issue.inclusive === false, issue.origin, issue.minimum, issue.exact === true);
    case 'too_big':
      return describeBound('at most', issue.inclusive === false, issue.origin, issue.maximum, issue.exact === true);
    case 'invalid_format':
      return describeFormat(issue);
    case 'invalid_value':
      return issue.input === undefined ? 'Is required' : `Must be ${oneOf(issue.values)}`;
    case 'not_multiple_of':
      return `Must be a multiple of ${issue.divisor}`;
    case 'unrecognized_keys':
      return 'Has fields that are not known';
    case 'invalid_key':
      return 'Is not an acceptable name for a field here';
    case 'invalid_union':
      return describeUnion(issue);
    default:
      return 'Is not acceptable';
  }
}

function describeUnion(issue: z.core.$ZodRawIssue<z.core.$ZodIssueInvalidUnion>): string {
  const options = 'options' in issue && Array.isArray(issue.options) ? issue.options : [];
  if (options.length > 0) return `Must be ${oneOf(options)}`;
  return issue.input === undefined ? 'Is required' : 'Has none of the forms that are accepted here';
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'an integer',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'an array',
  tuple: 'an array',
  null: 'null',
  date: 'a date',
  bigint: 'an integer',
  undefined: 'left out',
  never: 'left out',
};

function describeType(expected: string, input: unknown): string {
  if (input === undefined) return 'Is required';
  if (input instanceof DecimalLiteral && (expected === 'number' || expected === 'int')) {
    return 'Must be an integer, without a fraction';
  }
  return `Must be ${TYPE_WORDS[expected] ?? 'of another type'}`;
}

function describeBound(
  word: 'at least' | 'at most',
  exclusive: boolean,
  origin: string,
  bound: unknown,
  exact: boolean,
): string {
  const limit = exact ? `exactly ${bound}` : `${word} ${bound}`;
  if (origin === 'string') return `Must have ${limit} characters`;
  if (origin === 'array' || origin === 'set' || origin === 'map') return `Must have ${limit} items`;
  if (exclusive) return `Must be ${word === 'at least' ? 'more' : 'less'} than ${bound}`;
  return `Must be ${limit}`;
}

const FORMAT_WORDS: Readonly<Record<string, string>> = {
  email: 'Must be an e-mail address',
  url: 'Must be an absolute URL',
  datetime: 'Must be an instant in RFC 3339, such as 2026-01-31T12:00:00Z',
  date: 'Must be a date such as 2026-01-31',
  time: 'Must be a time such as 12:00:00',
  uuid: 'Must be a UUID',
  e164: 'Must be a phone number in E.164, such as +4915112345678',
  ipv4: 'Must be an IPv4 address',
  ipv6: 'Must be an IPv6 address',
  safeint: 'Must be an integer',
};

function describeFormat(issue: z.core.$ZodRawIssue<z.core.$ZodIssueInvalidStringFormat>): string {
  if (issue.format === 'starts_with') return `Must begin with ${JSON.stringify(issue.prefix)}`;
  if (issue.format === 'ends_with') return `Must end with ${JSON.stringify(issue.suffix)}`;
  if (issue.format === 'regex') return `Must match the pattern ${issue.pattern}`;
  return FORMAT_WORDS[issue.format] ?? `Must have the format ${issue.format}`;
}

function oneOf(values: readonly unknown[]): string {
  const words = values.map((value) => (typeof value === 'bigint' ? value.toString() : JSON.stringify(value)));
  return words.length === 1 ? String(words[0]) : `one of ${words.join(', ')}`;
}
