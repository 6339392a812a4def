import type { FieldError } from '../kernel/problem.ts';
import type { TaxGroup } from './compute-totals.ts';
import type { Invoice } from './invoice.ts';
import type { InvoiceCustomer } from './invoice-shape.ts';
import type { InvoicingSettings } from './invoicing-settings.ts';
import type { TaxCategory } from './tax.ts';

interface Candidate {
  readonly invoice: Pick<Invoice, 'currency' | 'terms'>;
  readonly customer: InvoiceCustomer;
  readonly groups: readonly TaxGroup[];
  readonly settings: Pick<InvoicingSettings, 'seller' | 'taxCurrency'>;
}

/**
 * What keeps a draft from being a document: the business rules of EN 16931 that depend on how it is taxed, and that the
 * shapes of its parts do not say by themselves.
 * https://docs.peppol.eu/poacc/billing/3.0/rules/ubl-tc434/
 */
export function lacksForIssue({ invoice, customer, groups, settings }: Candidate): readonly FieldError[] {
  const categories = new Set(groups.map(({ tax }) => tax.category));
  const has = (...wanted: readonly TaxCategory[]) => wanted.some((category) => categories.has(category));
  const { seller, taxCurrency = invoice.currency } = settings;
  const lacks: FieldError[] = [];
  const demand = (isThere: boolean, pointer: string, detail: string) => {
    if (!isThere) lacks.push({ pointer, detail });
  };
  if (!has('outside_scope')) {
    const isKnown = seller.vatId !== undefined || seller.taxNumber !== undefined;
    demand(isKnown, '/seller/vatId', 'Your settings must name your VAT identifier or tax number (BR-S-02)');
  }
  if (has('reverse_charge', 'intra_community', 'export')) {
    demand(seller.vatId !== undefined, '/seller/vatId', 'Your settings must name your VAT identifier (BR-AE-02)');
  }
  if (has('reverse_charge', 'intra_community')) {
    demand(
      customer.vatId !== undefined,
      '/customer/vatId',
      'Who owes the tax must be known by VAT identifier (BR-AE-02)',
    );
    const isConfirmed = customer.vatIdCheck !== undefined;
    demand(
      isConfirmed,
      '/customer/vatIdCheck',
      'The confirmation of the VAT identifier is the evidence for leaving the tax out',
    );
  }
  if (has('intra_community')) {
    const isAbroad = customer.address.country !== seller.address.country;
    demand(isAbroad, '/customer/address/country', 'Must be another country than yours (BR-IC-12)');
  }
  if (has('exempt')) {
    demand(invoice.terms.exemptionReason !== undefined, '/exemptionReason', 'Say why it is exempt (BR-E-10)');
  }
  if (has('outside_scope')) {
    demand(
      categories.size === 1,
      '/lines',
      'What is outside the scope of tax stands on an invoice of its own (BR-O-11)',
    );
  }
  if (taxCurrency !== invoice.currency) {
    const isGiven = invoice.terms.exchangeRate?.currency === taxCurrency;
    demand(
      isGiven,
      '/exchangeRate',
      `Say what one ${invoice.currency} is in ${taxCurrency}, which tax is declared in (BR-53)`,
    );
  }
  return lacks;
}
