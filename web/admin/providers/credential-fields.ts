/** A member of a JSON Schema, as far as a form is drawn from it. */
interface Member {
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Member[];
  readonly default?: unknown;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly 'x-secret'?: boolean;
}

export type FieldKind = 'text' | 'long' | 'check' | 'choice' | 'json';

/** One field of a provider's credentials, as a form shows it. */
export interface CredentialField {
  readonly name: string;
  readonly label: string;
  readonly hint: string | undefined;
  readonly isRequired: boolean;
  readonly isSecret: boolean;
  readonly kind: FieldKind;
  /** What may be chosen. */
  readonly choices: readonly string[];
  /** Besides what can be chosen, an object of one's own is taken. */
  readonly takesOwn: boolean;
}

/** The value of the choice that stands for an object of one's own. */
export const OWN = '{}';

/** Longer texts are keys of several lines. */
const ONE_LINE_MAX = 1_000;

/** What a provider wants to know, from the JSON Schema of its credentials; what is required first. */
export function credentialFields(schema: Readonly<Record<string, unknown>>): readonly CredentialField[] {
  const properties = (schema.properties ?? {}) as Readonly<Record<string, Member>>;
  const required = (schema.required ?? []) as readonly string[];
  const fields = Object.entries(properties).map(([name, member]): CredentialField => {
    const variants = member.anyOf ?? [member];
    const choices = variants.flatMap((variant) => variant.enum ?? []).map(String);
    const kind = kindOf(member, choices);
    return {
      ...{ name, kind, choices },
      label: member.title ?? name,
      hint: member.description,
      isRequired: required.includes(name),
      isSecret: member['x-secret'] === true,
      takesOwn: choices.length > 0 && variants.some(({ type }) => type === 'object'),
    };
  });
  return [...fields.filter(({ isRequired }) => isRequired), ...fields.filter(({ isRequired }) => !isRequired)];
}

function kindOf({ type, maxLength = 0 }: Member, choices: readonly string[]): FieldKind {
  if (choices.length > 0) return 'choice';
  if (type === 'boolean') return 'check';
  if (type === 'string') return maxLength > ONE_LINE_MAX ? 'long' : 'text';
  return 'json';
}

/** What was entered, by field; of an object of one's own beside a choice, by the field's name with `Own`. */
export type Entered = Readonly<Record<string, string | boolean | undefined>>;

type Read =
  | { readonly credentials: Readonly<Record<string, unknown>> }
  | { readonly wrong: readonly { readonly name: string; readonly reason: 'missing' | 'json' }[] };

/** The credentials as they are sent. Nothing is guessed: what is left empty is left out. */
export function readCredentials(fields: readonly CredentialField[], entered: Entered): Read {
  const wrong: { name: string; reason: 'missing' | 'json' }[] = [];
  const credentials: Record<string, unknown> = {};
  for (const { name, kind, isRequired, isSecret, takesOwn } of fields) {
    const isOwn = takesOwn && entered[name] === OWN;
    const value = entered[isOwn ? `${name}Own` : name];
    if (typeof value === 'boolean') credentials[name] = value;
    else if (value === undefined || value.trim() === '') {
      if (isRequired) wrong.push({ name, reason: 'missing' });
    } else if (kind === 'json' || isOwn) {
      const object = readObject(value);
      if (object === null) wrong.push({ name, reason: 'json' });
      else credentials[name] = object;
      // A password may end with a space.
    } else credentials[name] = isSecret ? value : value.trim();
  }
  return wrong.length > 0 ? { wrong } : { credentials };
}

function readObject(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}
