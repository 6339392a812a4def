import type { EventType } from '../src/events/event.ts';
import { ManualClock } from '../src/kernel/clock.ts';
import { bluesnapDialect } from '../src/notifications/dialects/bluesnap.ts';
import { BLUESNAP_PARAMETERS } from '../src/notifications/dialects/bluesnap-parameters.ts';
import type { DialectEndpoint, DialectEvent } from '../src/notifications/dialects/dialect.ts';
import { ENCRYPTED_FIELDS, encryptedPlaintextOf } from '../src/notifications/dialects/encrypted-notification.ts';
import { encodePartner, PARTNER_PROFILES } from '../src/notifications/dialects/partner.ts';
import type { PartnerProfileId } from '../src/notifications/endpoint.ts';
import { PARTNER_KEYS, PROTECTION_KEYS, SIGNING_KEYS } from './dialect-vector-keys.ts';
import { HAPPENED_AT } from './event-examples.ts';

type Examples = ReadonlyMap<EventType, DialectEvent>;

/** When the examples were sent: not when they happened. */
const SENT_AT = HAPPENED_AT.add({ milliseconds: 922 });
const ENDPOINT: DialectEndpoint = { merchantCode: 'BLUESHOP', partnerKeyId: null };
const NONCE = '000102030405060708090a0b0c0d0e0f';

/** For each dialect with words of its own: its parameters, and an example of every event that it tells. */
export function renderDialectSections(examples: Examples): string {
  return [bluesnapSection(examples), encryptedSection(examples), partnerSection(examples)].join('\n');
}

function bluesnapSection(examples: Examples): string {
  const rows = BLUESNAP_PARAMETERS.map(({ name, description, from, types }) => {
    const told = types === 'all' ? 'all' : types.map((type) => `\`${type}\``).join(', ');
    return `| \`${name}\` | ${cell(description)} | ${cell(from)} | ${told} |`;
  });
  const authKey =
    '| `authKey` | Where the endpoint has a data protection key: MD5, hex, of `referenceNumber`, `contractId` and that key | | all |';
  const bodies = [...examples].flatMap(([type, event]) => {
    const keys = [...SIGNING_KEYS.slice(0, 1), ...PROTECTION_KEYS.slice(0, 1)];
    const message = bluesnapDialect.encode(event, ENDPOINT, keys, new ManualClock(SENT_AT));
    if (message === null) return [];
    const body = String(message.body);
    const decoded = [...new URLSearchParams(body)].map(([name, value]) => `${name} = ${value}`).join('\n');
    return [example(type, 'text', `${body}\n\n${decoded}`)];
  });
  return `## The dialect bluesnap

Form parameters, for \`bluesnap\` and \`bluesnap-receipt\` alike. How they are signed and acknowledged: [bluesnap](dialects/bluesnap.md), [bluesnap-receipt](dialects/bluesnap-receipt.md).

| parameter | | from | of |
| --- | --- | --- | --- |
${[...rows, authKey].join('\n')}

Each example is a body as it is sent, with a data protection key, and below it what it says.

${bodies.join('\n')}`;
}

function encryptedSection(examples: Examples): string {
  const rows = ENCRYPTED_FIELDS.map(
    ({ name, description, from }) => `| \`${name}\` | ${cell(description)} | ${cell(from ?? '')} |`,
  );
  const bodies = [...examples].flatMap(([type, event]) => {
    const plaintext = encryptedPlaintextOf(event, SENT_AT);
    return plaintext === null ? [] : [example(type, 'json', plaintext)];
  });
  return `## The dialect encrypted

\`TransactionNotificationV3\`, for \`encrypted\` and \`encrypted-legacy\` alike. How it is encrypted: [encrypted](dialects/encrypted.md), [encrypted-legacy](dialects/encrypted-legacy.md).

| field | | from |
| --- | --- | --- |
${rows.join('\n')}

Each example is the text inside, as it is before it is encrypted.

${bodies.join('\n')}`;
}

function partnerSection(examples: Examples): string {
  const profiles = Object.keys(PARTNER_PROFILES) as PartnerProfileId[];
  const tables = profiles.map((id) => {
    const { title, messages, signing } = PARTNER_PROFILES[id];
    const rows = messages.ipn.fields.map((field) => {
      const said = 'means' in field ? `\`${field.means}\`` : `always \`${field.literal}\``;
      return `| \`${field.wire}\` | ${said} | ${'required' in field && field.required ? 'always' : 'where there is one'} |`;
    });
    if (signing.place.in === 'body') rows.push(`| \`${signing.place.member}\` | the signature | always |`);
    return `### ${title}

| member | says | there |
| --- | --- | --- |
${rows.join('\n')}
`;
  });
  const bodies = [...examples].flatMap(([type, event]) => {
    const message = encodePartner(event, ENDPOINT, PARTNER_KEYS.slice(0, 1), { at: SENT_AT, nonce: NONCE });
    return message === null ? [] : [example(type, 'json', String(message.body))];
  });
  return `## The dialect partner

A signed flat JSON object, in the words of the endpoint's profile. What the members say and how they are signed: [partner](dialects/partner.md).

${tables.join('\n')}
Each example is a body of the profile \`bluecom\`.

${bodies.join('\n')}`;
}

function example(type: EventType, language: string, text: string): string {
  return `<details><summary>${type}</summary>

\`\`\`${language}
${text}
\`\`\`

</details>
`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
