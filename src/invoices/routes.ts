import { runOnce } from '../idempotency/run-once.ts';
import { present } from '../kernel/assert.ts';
import type { TenantCaller } from '../kernel/caller.ts';
import { pageOf } from '../kernel/page.ts';
import { Problem } from '../kernel/problem.ts';
import { noteAct } from '../platform/act.ts';
import type { Queryable } from '../platform/database.ts';
import { type BoundEndpoint, bindEndpoint } from '../platform/http/bind-endpoint.ts';
import { addLines } from './add-lines.ts';
import * as api from './api.ts';
import type { InvoiceContext } from './context.ts';
import { creditInvoice } from './credit-invoice.ts';
import { changeDraft, createDraft, removeDraft } from './draft-invoice.ts';
import type { Invoice } from './invoice.ts';
import { invoiceJson, lineJson } from './invoice-json.ts';
import type { InvoiceAnswer } from './invoice-shape.ts';
import { issueInvoice } from './issue-invoice.ts';
import { openCustomer } from './open-customer.ts';
import { readInvoice } from './read-invoice.ts';
import { selectInvoices, selectLines } from './store.ts';
import { saveSettings, selectSettings } from './store-settings.ts';
import { selectStandings } from './store-standings.ts';

/** The invoices' endpoints, tied to their verbs. */
export function invoiceRoutes(context: InvoiceContext): readonly BoundEndpoint[] {
  return [...settingsRoutes(context), ...readRoutes(context), ...changeRoutes(context)];
}

function settingsRoutes({ database, clock }: InvoiceContext): readonly BoundEndpoint[] {
  return [
    bindEndpoint(api.getInvoicingSettings, async ({ caller }) => {
      const settings = await selectSettings(database.query, caller);
      if (settings === null) throw new Problem('not_found', 'Nothing is set up yet.');
      return { body: settings };
    }),
    bindEndpoint(api.setInvoicingSettings, async ({ caller, body }) => {
      await database.transaction(async (tx) => {
        noteAct({ before: { ...(await selectSettings(tx, caller)) }, after: { ...body } });
        await saveSettings(tx, caller, body, clock.now());
      });
      return { body };
    }),
  ];
}

function readRoutes(context: InvoiceContext): readonly BoundEndpoint[] {
  const db = context.database.query;
  return [
    bindEndpoint(api.listInvoices, async ({ caller, query }) => {
      const invoices = await selectInvoices(db, caller, query);
      const ids = invoices.map(({ invoiceId }) => invoiceId);
      const standings = await selectStandings(db, caller.tenantId, ids);
      const rows = invoices.map((one) => invoiceJson(one, present(standings.get(one.invoiceId), 'its standing'), null));
      return { body: pageOf(rows, query.limit) };
    }),
    bindEndpoint(api.getInvoice, async ({ caller, params }) => ({
      body: await wholeJson(context, db, await readInvoice(db, caller, params.id)),
    })),
    bindEndpoint(api.listInvoiceLines, async ({ caller, params, query }) => {
      const lines = await selectLines(db, await readInvoice(db, caller, params.id), query);
      return { body: { data: lines.slice(0, query.limit).map(lineJson), hasMore: lines.length > query.limit } };
    }),
  ];
}

function changeRoutes(context: InvoiceContext): readonly BoundEndpoint[] {
  const db = context.database.query;
  const keyed = ({ tenantId, mode }: TenantCaller, route: string) => ({ tenantId, mode, route });
  return [
    bindEndpoint(api.createInvoice, async ({ caller, body, idempotency }) => {
      const currency = body.currency ?? (await context.readTenant(caller.tenantId)).currency;
      return runOnce(context, keyed(caller, 'createInvoice'), idempotency, async (tx) => ({
        status: 201,
        body: await wholeJson(context, tx, await createDraft(context, tx, caller, { ...body, currency })),
      }));
    }),
    bindEndpoint(api.addInvoiceLines, ({ caller, params, body, idempotency }) =>
      runOnce(context, keyed(caller, 'addInvoiceLines'), idempotency, async (tx) => ({
        status: 200,
        body: await wholeJson(context, tx, await addLines(context, tx, caller, { ...body, invoiceId: params.id })),
      })),
    ),
    bindEndpoint(api.updateInvoice, async ({ caller, params, body }) => {
      const { customer, lines, version, series, currency, prices, language, dueDays, ...terms } = body;
      const named = { customer, lines, version, series, currency, prices, language, dueDays };
      const changed = await changeDraft(context, caller, params.id, { ...named, terms });
      return { body: await wholeJson(context, db, changed) };
    }),
    bindEndpoint(api.deleteInvoice, async ({ caller, params }) => {
      await removeDraft(context, caller, params.id);
      return { body: undefined };
    }),
    bindEndpoint(api.issueInvoice, ({ caller, params, idempotency }) =>
      runOnce(context, keyed(caller, 'issueInvoice'), idempotency, async (tx) => ({
        status: 200,
        body: await wholeJson(context, tx, await issueInvoice(context, tx, caller, params.id)),
      })),
    ),
    bindEndpoint(api.creditInvoice, ({ caller, params, body, idempotency }) =>
      runOnce(context, keyed(caller, 'creditInvoice'), idempotency, async (tx) => ({
        status: 201,
        body: await wholeJson(context, tx, await creditInvoice(context, tx, caller, params.id, body)),
      })),
    ),
  ];
}

async function wholeJson({ sealer }: InvoiceContext, db: Queryable, invoice: Invoice): Promise<InvoiceAnswer> {
  const standings = await selectStandings(db, invoice.tenantId, [invoice.invoiceId]);
  const standing = present(standings.get(invoice.invoiceId), 'the standing');
  return invoiceJson(invoice, standing, await openCustomer(sealer, invoice));
}
