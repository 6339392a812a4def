import { insertPositions, rollUp, selectActivity, selectWholeActivity } from '../src/overview/store.ts';
import { selectAcknowledgments, selectAttention } from '../src/overview/store-attention.ts';
import { selectRequests } from '../src/request-log/store.ts';
import { searchInstallation, searchObjects } from '../src/search/search-objects.ts';
import type { ExplainedGateway } from './explained-gateway.ts';

type Work = readonly (readonly [title: string, work: () => Promise<unknown>])[];

const DAYS = 400;

/** What the panel asks: hits, numbers, requests. Hours are summed up first, as the worker would have. */
export async function explainedPanel({ context, plain, tenantId }: ExplainedGateway): Promise<Work> {
  const { clock, database } = context;
  const db = database.query;
  const now = clock.now();
  const hour = now.round({ smallestUnit: 'hour', roundingMode: 'floor' });
  await insertPositions(plain.query);
  while ((await rollUp(plain.query, { until: hour, tenantsMax: 50, daysMax: DAYS })) > 0);
  const [sample] = await plain.query
    .selectFrom('payments')
    .innerJoin('attempts', (join) =>
      join
        .onRef('attempts.tenant_id', '=', 'payments.tenant_id')
        .onRef('attempts.payment_id', '=', 'payments.payment_id'),
    )
    .select(['payments.payment_id', 'payments.reference', 'payments.mode', 'attempts.provider_ref'])
    .where('payments.tenant_id', '=', tenantId)
    .where('attempts.provider_ref', 'is not', null)
    .limit(1)
    .execute();
  if (sample === undefined) throw new Error('The tenant has no payment that was tried');
  const mode = sample.mode === 'live' ? 'live' : 'test';
  const owner = { tenantId, mode } as const;
  const caller = { ...owner, by: 'tenant', scopes: 'all', actor: 'bench', person: null } as const;
  const period = { since: hour.subtract({ hours: DAYS * 24 }), until: hour.add({ hours: 1 }), bucket: 'day' } as const;
  const find = (q: string) => () => searchObjects(context, caller, q);
  return [
    ['Search an id', find(sample.payment_id)],
    ['Search a reference', find(sample.reference)],
    ['Search the beginning of many references', find(sample.reference.slice(0, 3))],
    ["Search a provider's reference", find(sample.provider_ref ?? '')],
    ['Search an e-mail address', find('nobody@shop.example')],
    ['Search the installation', () => searchInstallation(context, sample.reference)],
    [`Overview of ${DAYS} days`, () => selectActivity(db, owner, period, null)],
    [`Overview of ${DAYS} days of all tenants`, () => selectWholeActivity(db, mode, period, null)],
    ['What wants somebody', () => selectAttention(db, owner, now)],
    ['What wants somebody of all tenants', () => selectAttention(db, { tenantId: null, mode }, now)],
    ['Acknowledgments', () => selectAcknowledgments(db, owner, now.subtract({ hours: 192 }), now)],
    ['Sum up an hour', () => rollUp(db, { until: hour.add({ hours: 1 }), tenantsMax: 50, daysMax: 7 })],
    [
      'List requests',
      () => selectRequests(db, owner, { since: period.since, until: null, refused: true }, { limit: 100 }),
    ],
  ];
}
