import type { ProblemCode } from '../../src/kernel/problem.ts';
import { type Answer, until } from '../support/api-client.ts';
import { plantEarlierMonth } from '../support/planted-month.ts';
import type { BadOther } from './bad-others.ts';
import type { Stage } from './refusal-stage.ts';

type Scenario = (stage: Stage) => Promise<Answer>;

const PAN = '4111 1111 1111 1111';
const CSV = 'line_ref,kind,occurred_at,currency,gross\nR-1,charge,2026-01-01,EUR,1000\n';

const accountOf = async ({ shop }: Stage): Promise<string> =>
  (await shop.send('GET', '/provider-accounts')).body.data[0].id;

async function anException(stage: Stage): Promise<string> {
  const body = { source: 'upload', providerAccountId: await accountOf(stage), csv: CSV };
  await stage.shop.send('POST', '/statements', { body });
  const found = await until(async () => (await stage.shop.send('GET', '/reconciliation-exceptions')).body.data[0]);
  return found.id;
}

const monthOf = ({ tollgate }: Stage) => plantEarlierMonth(tollgate.database, tollgate.tenant.tenant.tenantId);

/** How the refusals come about that reconciliation declares. */
export const RECONCILIATION_SCENARIOS: Readonly<Record<string, Partial<Record<ProblemCode, Scenario>>>> = {
  createStatement: {
    no_provider_account: ({ shop }) =>
      shop.send('POST', '/statements', { body: { source: 'upload', providerAccountId: 'pa_none', csv: CSV } }),
    async not_supported_by_provider(stage) {
      const body = { source: 'listing', providerAccountId: await accountOf(stage), from: '2026-01-01T00:00:00Z' };
      return stage.shop.send('POST', '/statements', { body });
    },
  },
  closePeriod: {
    async state_conflict(stage) {
      const month = await monthOf(stage);
      await stage.shop.send('POST', `/periods/${month}/close`, { body: { note: 'All the same' } });
      return stage.shop.send('POST', `/periods/${month}/close`, { body: { note: 'Once more' } });
    },
    async card_number_not_allowed(stage) {
      return stage.shop.send('POST', `/periods/${await monthOf(stage)}/close`, { body: { note: PAN } });
    },
  },
  reopenPeriod: {
    async state_conflict(stage) {
      await monthOf(stage);
      const month = (await stage.shop.send('GET', '/periods?state=running')).body.data[0].id;
      return stage.shop.send('POST', `/periods/${month}/reopen`, { body: { reason: 'Too early' } });
    },
    async card_number_not_allowed(stage) {
      return stage.shop.send('POST', `/periods/${await monthOf(stage)}/reopen`, { body: { reason: PAN } });
    },
  },
  resolveReconciliationException: {
    async state_conflict(stage) {
      const path = `/reconciliation-exceptions/${await anException(stage)}/resolve`;
      const body = { resolution: 'not_ours', note: 'Of another shop.' };
      await stage.shop.send('POST', path, { body });
      return stage.shop.send('POST', path, { body });
    },
    async card_number_not_allowed(stage) {
      const path = `/reconciliation-exceptions/${await anException(stage)}/resolve`;
      return stage.shop.send('POST', path, { body: { resolution: 'not_ours', note: PAN } });
    },
  },
};

const upload = (account: string, fields: object) => ({
  ...{ source: 'upload', providerAccountId: account, csv: CSV },
  ...fields,
});

const CASES: readonly (readonly [title: string, fields: object, pointer: string])[] = [
  ['a source of nobody', { source: 'zq7' }, '/source'],
  ['no file', { csv: '' }, '/csv'],
  ['a file without lines', { csv: 'line_ref,kind,occurred_at,currency,gross\n' }, '/csv'],
  ['a file without a column', { csv: 'line_ref\nzq7\n' }, '/csv'],
  ['a quote that never closes', { csv: `${CSV}"zq7` }, '/csv'],
  ['a card number in a cell', { csv: CSV.replace('R-1', PAN) }, '/csv'],
  ['a card number for a name', { name: PAN }, '/name'],
  ['a column of nobody', { columns: { zq7: 'a' } }, '/columns/zq7'],
  ['a kind of nobody', { kinds: { Payment: 'zq7' } }, '/kinds/Payment'],
  ['floats', { amounts: 'zq7' }, '/amounts'],
  ['a period beside the file', { from: '2026-01-01T00:00:00Z' }, '/from'],
];

/** Bodies that break a rule of reconciliation. */
export const BAD_STATEMENTS: readonly (Omit<BadOther, 'body'> & {
  readonly body: (places: { readonly account: string }) => unknown;
})[] = [
  ...CASES.map(([title, fields, pointer]) => ({
    title: `statements: ${title}`,
    path: () => '/statements',
    body: ({ account }: { readonly account: string }) => upload(account, fields),
    code: 'validation_failed' as const,
    pointers: title === 'a file without a column' ? Array.from({ length: 4 }, () => pointer) : [pointer],
  })),
  {
    title: 'provider-accounts/{id}/reconciliation: no days at all',
    method: 'PATCH' as const,
    path: ({ account }) => `/provider-accounts/${account}/reconciliation`,
    body: () => ({ missingAfterDays: 0, expectedFee: { basisPoints: 1.5 } }),
    code: 'validation_failed' as const,
    pointers: ['/missingAfterDays', '/expectedFee/basisPoints'],
  },
];
