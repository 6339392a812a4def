import { amountToJson } from '../kernel/money.ts';
import { convertTax } from './convert-tax.ts';
import type { Invoice } from './invoice.ts';
import type { InvoiceAnswer, InvoiceCustomer, InvoiceLineAnswer } from './invoice-shape.ts';
import { amountDue, paymentStateOf } from './payment-state.ts';
import { quantityText } from './quantity.ts';
import type { StoredLine } from './store.ts';
import type { InvoiceStanding } from './store-standings.ts';
import { rateText, type TaxCategory } from './tax.ts';

/** An invoice as the API answers it; `customer` null where nobody asked for this one alone. */
export function invoiceJson(
  invoice: Invoice,
  standing: InvoiceStanding,
  customer: InvoiceCustomer | null,
): InvoiceAnswer {
  const { issue, terms, currency } = invoice;
  const { exchangeRate = null } = terms;
  const money = { ...standing, gross: invoice.gross };
  const isOwed = invoice.kind === 'invoice' && issue !== null;
  return {
    id: invoice.invoiceId,
    object: 'invoice',
    ...{ kind: invoice.kind, mode: invoice.mode, status: invoice.status },
    paymentState: isOwed ? paymentStateOf(money) : null,
    ...{ number: issue?.number ?? null, series: invoice.series, reference: invoice.reference, currency },
    ...{ prices: invoice.prices, rounding: invoice.rounding },
    netAmount: amountToJson(invoice.net),
    taxAmount: amountToJson(invoice.taxAmount),
    grossAmount: amountToJson(invoice.gross),
    creditedAmount: amountToJson(standing.credited),
    paidAmount: amountToJson(standing.captured - standing.refunded - standing.lost),
    dueAmount: isOwed ? amountToJson(amountDue(money)) : 0,
    taxes: standing.groups.map(({ tax, net, taxAmount }) => ({
      ...{ taxCategory: tax.category, taxRate: rateText(tax.rate) },
      ...{ netAmount: amountToJson(net), taxAmount: amountToJson(taxAmount) },
    })),
    taxInTaxCurrency:
      exchangeRate === null
        ? null
        : {
            amount: amountToJson(convertTax(invoice.taxAmount, currency, exchangeRate, invoice.rounding)),
            currency: exchangeRate.currency,
          },
    customer,
    seller: issue?.seller ?? null,
    ...{ language: terms.language, note: terms.note ?? null, orderId: terms.orderId ?? null },
    ...{ supplyDate: terms.supplyDate ?? null, exemptionReason: terms.exemptionReason ?? null, exchangeRate },
    ...{ dueDays: terms.dueDays, issueDate: issue?.issueDate ?? null, dueDate: issue?.dueDate ?? null },
    ...{ correctsInvoiceId: invoice.correctsInvoiceId, reason: invoice.reason },
    ...{ paymentIds: [...standing.paymentIds], version: invoice.version },
    issuedAt: issue?.issuedAt.toString() ?? null,
    createdAt: invoice.createdAt.toString(),
    updatedAt: invoice.updatedAt.toString(),
  };
}

/** A line as the API answers it. */
export function lineJson(line: StoredLine): InvoiceLineAnswer {
  return {
    ...{ position: line.position, description: line.description, sku: line.sku, unit: line.unit },
    ...{
      quantity: quantityText(line.quantity),
      unitAmount: amountToJson(line.unit_amount),
      per: quantityText(line.per),
    },
    discount: amountToJson(line.discount),
    ...{ taxCategory: line.category as TaxCategory, taxRate: rateText(line.rate) },
    ...{ amount: amountToJson(line.amount), netAmount: amountToJson(line.net) },
  };
}
