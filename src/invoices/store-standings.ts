import { sql } from 'kysely';
import type { Queryable } from '../platform/database.ts';
import type { TaxGroup } from './compute-totals.ts';
import type { Invoice } from './invoice.ts';
import type { TaxCategory } from './tax.ts';

/** What belongs to invoices beside their rows. Amounts in minor units. */
export interface InvoiceStanding {
  readonly groups: readonly TaxGroup[];
  readonly credited: bigint;
  readonly captured: bigint;
  readonly refunded: bigint;
  readonly lost: bigint;
  readonly paymentIds: readonly string[];
}

/** Rates, credit notes and money of some invoices of a tenant, by id. */
export async function selectStandings(
  db: Queryable,
  tenantId: string,
  invoiceIds: readonly string[],
): Promise<ReadonlyMap<string, InvoiceStanding>> {
  const { rows } = await sql<{ id: string; groups: GroupRow[]; payment_ids: string[] } & MoneyRow>`
    select i.id, g.groups, c.credited, m.*
    from unnest(${[...invoiceIds]}::text[]) as i (id)
    cross join lateral (
      select coalesce(json_agg(json_build_object('category', category, 'rate', rate, 'net', net::text, 'tax', tax_amount::text)
        order by category, rate desc), '[]') as groups
      from invoice_tax_groups where tenant_id = ${tenantId} and invoice_id = i.id
    ) g
    cross join lateral (
      select coalesce(sum(gross), 0)::bigint as credited from invoices
      where tenant_id = ${tenantId} and corrects_invoice_id = i.id and status = 'issued'
    ) c
    cross join lateral (
      select coalesce(sum(p.amount_captured), 0)::bigint as captured, coalesce(sum(p.amount_refunded), 0)::bigint as refunded,
        coalesce(sum(d.lost), 0)::bigint as lost, coalesce(array_agg(p.payment_id order by p.payment_id), '{}') as payment_ids
      from invoice_payments l
      join payments p on p.tenant_id = l.tenant_id and p.payment_id = l.payment_id
      cross join lateral (
        select sum(amount_withdrawn - amount_reinstated) as lost from disputes
        where tenant_id = p.tenant_id and payment_id = p.payment_id and status = 'lost'
      ) d
      where l.tenant_id = ${tenantId} and l.invoice_id = i.id
    ) m`.execute(db);
  return new Map(rows.map((row) => [row.id, standingFromRow(row)]));
}

interface GroupRow {
  readonly category: string;
  readonly rate: number;
  readonly net: string;
  readonly tax: string;
}

interface MoneyRow {
  readonly credited: bigint;
  readonly captured: bigint;
  readonly refunded: bigint;
  readonly lost: bigint;
}

function standingFromRow({
  groups,
  payment_ids: paymentIds,
  ...money
}: { readonly groups: readonly GroupRow[]; readonly payment_ids: readonly string[] } & MoneyRow): InvoiceStanding {
  const { credited, captured, refunded, lost } = money;
  return {
    ...{ credited, captured, refunded, lost, paymentIds },
    groups: groups.map(({ category, rate, net, tax }) => ({
      tax: { category: category as TaxCategory, rate },
      net: BigInt(net),
      taxAmount: BigInt(tax),
    })),
  };
}

/** What credit notes that were issued for an invoice have taken of each rate. */
export async function selectCredited(
  tx: Queryable,
  { tenantId, invoiceId }: Pick<Invoice, 'tenantId' | 'invoiceId'>,
): Promise<readonly TaxGroup[]> {
  const rows = await tx
    .selectFrom('invoices as n')
    .innerJoin('invoice_tax_groups as g', (join) =>
      join.onRef('g.tenant_id', '=', 'n.tenant_id').onRef('g.invoice_id', '=', 'n.invoice_id'),
    )
    .select(['g.category', 'g.rate', 'g.net', 'g.tax_amount'])
    .where('n.tenant_id', '=', tenantId)
    .where('n.corrects_invoice_id', '=', invoiceId)
    .where('n.status', '=', 'issued')
    .execute();
  return rows.map(({ category, rate, net, tax_amount: taxAmount }) => ({
    tax: { category: category as TaxCategory, rate },
    ...{ net, taxAmount },
  }));
}
