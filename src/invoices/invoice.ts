import type { Mode } from '../kernel/caller.ts';
import type { SealedPlace } from '../keys/sealer.ts';
import type { PricedLine, Prices, Totals } from './compute-totals.ts';
import type { InvoiceKind, Seller } from './invoicing-settings.ts';
import type { Rounding } from './rounding.ts';

/** The two states that are kept; how an issued invoice stands is told by money and credit notes. */
export const INVOICE_STATUSES = ['draft', 'issued'] as const;
export type InvoiceStatus = (typeof INVOICE_STATUSES)[number];

/** A draft goes or is issued; what was issued stays. */
export const INVOICE_TRANSITIONS: Readonly<Record<InvoiceStatus, readonly InvoiceStatus[]>> = {
  draft: ['issued'],
  issued: [],
};

/** What a document says once, beside its lines and parties. */
export interface InvoiceTerms {
  readonly language: string;
  readonly dueDays: number;
  readonly note?: string | undefined;
  readonly orderId?: string | undefined;
  /** ISO 8601 days. */
  readonly supplyDate?: string | undefined;
  readonly exemptionReason?: string | undefined;
  readonly exchangeRate?: ExchangeRate | undefined;
}

/** What one unit of the invoice's currency is in that of the tax. */
export interface ExchangeRate {
  readonly currency: string;
  /** A decimal text. */
  readonly rate: string;
  readonly date: string;
  readonly source: string;
}

export interface InvoiceLine extends PricedLine {
  readonly description: string;
  readonly sku: string | null;
  /** UN/ECE Recommendation 20, such as C62 for a piece. */
  readonly unit: string;
}

/** What the issue adds. */
export interface IssueFacts {
  readonly fiscalYear: number;
  readonly sequence: number;
  readonly number: string;
  /** ISO 8601 days. */
  readonly issueDate: string;
  readonly dueDate: string;
  readonly issuedAt: Temporal.Instant;
  readonly seller: Seller;
}

/** An invoice or a credit note, without its lines. */
export interface Invoice extends Pick<Totals, 'net' | 'taxAmount' | 'gross'> {
  readonly tenantId: string;
  readonly invoiceId: string;
  readonly mode: Mode;
  readonly kind: InvoiceKind;
  readonly status: InvoiceStatus;
  readonly version: number;
  readonly reference: string | null;
  readonly series: string;
  readonly currency: string;
  readonly prices: Prices;
  readonly rounding: Rounding;
  readonly terms: InvoiceTerms;
  readonly customerSealed: Uint8Array;
  readonly correctsInvoiceId: string | null;
  readonly reason: string | null;
  readonly issue: IssueFacts | null;
  readonly createdAt: Temporal.Instant;
  readonly updatedAt: Temporal.Instant;
}

/** Where an invoice's customer is sealed. */
export function customerPlace({ tenantId, invoiceId }: Pick<Invoice, 'tenantId' | 'invoiceId'>): SealedPlace {
  return { tenantId, table: 'invoices', column: 'customer_sealed', row: invoiceId };
}
