import { readFile } from 'node:fs/promises';
import { Webhook as SvixWebhook } from 'svix';
import { describe, expect, it } from 'vitest';
import { present } from '../../kernel/assert.ts';
import { systemClock } from '../../kernel/clock.ts';
import { BLUESNAP_PARAMETERS, BLUESNAP_TRANSACTIONS } from './bluesnap-parameters.ts';
import { ENCRYPTED_FIELDS, ENCRYPTED_STATUSES } from './encrypted-notification.ts';
import { findDialect } from './find-dialect.ts';
import { PARTNER_EVENTS, PARTNER_PROFILES, partnerWordsOf } from './partner.ts';
import { type Key, type Sent, sentBy } from './vectors-fixture.ts';

/** The pages of docs/dialects say what is so: their tables are ours, and their samples open what we send. */

type Sample = Readonly<Record<string, (input: never) => unknown>>;

async function pageOf(id: string): Promise<string> {
  return readFile(new URL(`../../../docs/dialects/${id}.md`, import.meta.url), 'utf8');
}

/** The samples of a page as the modules that they are. */
async function samplesOf(id: string): Promise<readonly Sample[]> {
  const blocks = [...(await pageOf(id)).matchAll(/^```js\n([\s\S]*?)^```/gm)];
  return Promise.all(
    blocks.map(async ([, code = '']) => import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(code)}`)),
  );
}

const atOf = ({ at }: Sent) => Temporal.Instant.from(at).epochMilliseconds;
const oldest = (vector: Sent, kind: Key['kind']) =>
  present(vector.keys.filter((key) => key.kind === kind).at(-1), `a key of ${kind}`);

interface Case {
  readonly page: string;
  /** Which of the page's samples. */
  readonly sample: number;
  readonly vectors: readonly Sent[];
  readonly input: (vector: Sent) => object;
  /** The same message as somebody else would have it. */
  readonly forged: (vector: Sent) => object;
  /** Whether a message gets stale. */
  readonly ages: boolean;
}

const changed = (body: string) => `${body.slice(0, -3)}${body.endsWith('AAA') ? 'BBB' : 'AAA'}`;
const partnerVectors = (profile: string) => sentBy('partner').filter(({ endpoint }) => endpoint?.profile === profile);

const CASES: readonly Case[] = [
  {
    ...{ page: 'standard', sample: 0, vectors: sentBy('standard'), ages: true },
    input: (vector) => ({ ...vector.request, secret: oldest(vector, 'secret').text }),
    forged: ({ request }) => ({ body: request.body.replace('"amount"', '"amounts"') }),
  },
  {
    ...{ page: 'standard', sample: 1, ages: true },
    vectors: sentBy('standard').filter(({ keys }) => keys.some(({ kind }) => kind === 'ed25519')),
    input: (vector) => ({ ...vector.request, publicKey: oldest(vector, 'ed25519').publicKey }),
    forged: ({ request }) => ({ body: request.body.replace('"amount"', '"amounts"') }),
  },
  ...(['bluesnap', 'bluesnap-receipt'] as const).map((id) => ({
    ...{ page: 'bluesnap', sample: 0, vectors: sentBy(id), ages: true },
    input: (vector: Sent) => ({ ...vector.request, secret: oldest(vector, 'secret').text }),
    forged: ({ request }: Sent) => ({ body: request.body.replace('invoiceChargeAmount=', 'invoiceChargeAmount=9') }),
  })),
  {
    ...{ page: 'encrypted', sample: 0, vectors: sentBy('encrypted'), ages: true },
    input: ({ request, keys }) => ({ ...request, keys: Object.fromEntries(keys.map((key) => [key.keyId, key.text])) }),
    forged: ({ request }) => ({ body: changed(request.body) }),
  },
  {
    ...{ page: 'encrypted-legacy', sample: 0, vectors: sentBy('encrypted-legacy'), ages: true },
    input: (vector) => ({ ...vector.request, key: oldest(vector, 'notification').text }),
    forged: () => ({ key: '0123456789abcdef0123456789abcdef' }),
  },
  {
    ...{ page: 'partner', sample: 0, vectors: partnerVectors('bluecom'), ages: true },
    input: (vector) => ({ ...vector.request, secret: oldest(vector, 'secret').text }),
    forged: ({ request }) => ({ body: request.body.replace('"amount":', '"amount":9') }),
  },
  {
    ...{ page: 'partner', sample: 1, vectors: partnerVectors('neopay'), ages: false },
    input: (vector) => ({ ...vector.request, secret: oldest(vector, 'secret').text }),
    forged: ({ request }) => ({ body: request.body.replace('"neo_Amount":', '"neo_Amount":9') }),
  },
];

describe.each(CASES)('sample $sample of $page.md', ({ page, sample, vectors, input, forged, ages }) => {
  const open = async (given: object) => {
    const { openNotification } = present((await samplesOf(page))[sample], `sample ${sample} of ${page}`);
    return present(openNotification, 'openNotification')(given as never);
  };

  it.each(vectors)('S3.9 opens what we send: $name', async (vector) => {
    const given = { ...input(vector), now: atOf(vector) };
    expect(await open(given)).toBeTypeOf('object');
    await expect(open({ ...given, ...forged(vector) })).rejects.toThrow();
    const late = open({ ...given, now: atOf(vector) + 301_001 });
    if (ages) await expect(late).rejects.toThrow();
    else expect(await late).toBeTypeOf('object');
  });
});

it('S3.23 the sample of bluesnap-receipt.md makes the receipt that acknowledges', async () => {
  const { receiptOf } = present((await samplesOf('bluesnap-receipt'))[0], 'the sample');
  for (const { keys } of sentBy('bluesnap-receipt')) {
    const texts = keys.filter(({ kind }) => kind === 'data_protection');
    for (const { text } of texts) {
      const body = Buffer.from(String(receiptOf?.(text as never)));
      expect(findDialect('bluesnap-receipt').acknowledged({ status: 200, body }, keys)).toBe(true);
      expect(findDialect('bluesnap').acknowledged({ status: 204, body }, keys)).toBe(false);
    }
  }
});

it('the npm library svix verifies a form of the bluesnap dialect, its secret in base64', () => {
  const secret = 'any text of eight or more';
  const [vector] = sentBy('bluesnap');
  const event = { ...EVENT, eventId: present(vector, 'a vector').request.headers['webhook-id'] ?? '' };
  const message = findDialect('bluesnap').encode(
    event,
    ENDPOINT,
    [{ keyId: 'key_1', kind: 'secret', text: secret }],
    systemClock,
  );
  const webhook = new SvixWebhook(`whsec_${Buffer.from(secret).toString('base64')}`);
  const { headers, body } = present(message, 'a message');
  expect(() => webhook.verify(String(body), { ...headers })).not.toThrow();
  expect(() => webhook.verify(`${body}&testMode=N`, { ...headers })).toThrow(/No matching signature/);
});

const ENDPOINT = { merchantCode: null, partnerKeyId: null };
const EVENT = {
  ...{ tenantId: 'ten_1', eventId: 'evt_1', mode: 'test' as const, type: 'payment.canceled', apiVersion: '2026-11-21' },
  ...{ paymentId: 'pay_1', notificationUrl: null, createdAt: Temporal.Instant.from('2026-11-21T09:30:00Z') },
  ...{ object: { id: 'pay_1', amount: 1, currency: 'EUR', reference: 'order-1' }, payment: null },
};

describe('the tables of', () => {
  const row = (...cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const code = (text: string) => `\`${text}\``;

  it('bluesnap.md are those of the code', async () => {
    const page = await pageOf('bluesnap');
    for (const { event, transactionType } of BLUESNAP_TRANSACTIONS) {
      expect(page).toContain(row(code(event), code(transactionType)));
    }
    const all = new Set(BLUESNAP_TRANSACTIONS.map(({ transactionType }) => transactionType));
    for (const { name, description, types } of BLUESNAP_PARAMETERS) {
      const isOfPayments = types !== 'all' && all.size - types.length === 1 && !types.includes('PAYOUT');
      const where = types === 'all' ? 'all' : isOfPayments ? 'all but `PAYOUT`' : types.map(code).join(', ');
      expect(page).toContain(row(code(name), description, where));
    }
    const documented = page.match(/^\| `[a-zA-Z]+` \|.*\|$/gm) ?? [];
    // Headers, and authKey, which is made of others.
    expect(documented.filter((line) => !/`(authKey|webhook-id)`/.test(line.split('|')[1] ?? ''))).toHaveLength(
      BLUESNAP_PARAMETERS.length,
    );
  });

  it('encrypted.md are those of the code', async () => {
    const page = await pageOf('encrypted');
    for (const { event, status } of ENCRYPTED_STATUSES) expect(page).toContain(row(code(event), code(status)));
    for (const { name, description } of ENCRYPTED_FIELDS) expect(page).toContain(row(code(name), description));
    expect(page.match(/^\| `[a-zA-Z0-9]+` \|.*\|$/gm) ?? []).toHaveLength(ENCRYPTED_FIELDS.length);
  });

  it('partner.md are those of the code, in both profiles', async () => {
    const page = (await pageOf('partner')).replaceAll(/ +\|/g, ' |');
    for (const { event } of PARTNER_EVENTS) {
      const words = present(partnerWordsOf(PARTNER_PROFILES.bluecom, event), event);
      const line = present(
        page.split('\n').find((each) => each.includes(code(event)) && each.includes(code(words.status))),
        `a row of ${event}`,
      );
      expect(line).toContain(code(words.eventType));
    }
    const codes = PARTNER_EVENTS.map(({ event }) => partnerWordsOf(PARTNER_PROFILES.neopay, event)?.status);
    expect(codes).toEqual(['0', '1', '-1', '18', '0', '1', '0']);
    expect(page).toContain(
      'of a payment `0` succeeded, `1` failed, `18` canceled, `-1` expired; of a refund `0` succeeded',
    );
  });
});
