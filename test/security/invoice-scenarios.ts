import type { ProblemCode } from '../../src/kernel/problem.ts';
import type { Answer } from '../support/api-client.ts';
import { book, draft, issued, SETTINGS } from '../support/invoice-desk.ts';
import { freshReference, type Merchant } from '../support/merchant.ts';
import type { Scenario, Stage } from './refusal-stage.ts';

const LINES = [book(1000)];

async function seller({ shop }: Stage): Promise<Merchant> {
  await shop.send('PUT', '/invoicing-settings', { body: SETTINGS });
  return shop;
}

async function onIssued(stage: Stage, act: (shop: Merchant, id: string) => Promise<Answer>): Promise<Answer> {
  const shop = await seller(stage);
  return act(shop, (await issued(shop, { lines: LINES })).id);
}

const credit = (shop: Merchant, id: string, body: object = {}) =>
  shop.send('POST', `/invoices/${id}/credit-notes`, { body: { reason: 'Came damaged', ...body } });

/** How each refusal comes about that the endpoints of invoices declare. */
export const INVOICE_SCENARIOS: Readonly<Record<string, Partial<Record<ProblemCode, Scenario>>>> = {
  createInvoice: {
    // Its settings were never made.
    state_conflict: ({ stranded }) => draft(stranded.shop, { lines: LINES }),
    async reference_already_used(stage) {
      const shop = await seller(stage);
      const reference = freshReference();
      await draft(shop, { lines: LINES, reference });
      return draft(shop, { lines: LINES, reference });
    },
  },
  updateInvoice: {
    state_conflict: (stage) =>
      onIssued(stage, (shop, id) => shop.send('PATCH', `/invoices/${id}`, { body: { note: 'Late' } })),
  },
  addInvoiceLines: {
    state_conflict: (stage) =>
      onIssued(stage, (shop, id) => shop.send('POST', `/invoices/${id}/lines`, { body: { lines: LINES } })),
  },
  deleteInvoice: { state_conflict: (stage) => onIssued(stage, (shop, id) => shop.send('DELETE', `/invoices/${id}`)) },
  issueInvoice: {
    state_conflict: (stage) => onIssued(stage, (shop, id) => shop.send('POST', `/invoices/${id}/issue`)),
  },
  creditInvoice: {
    async state_conflict(stage) {
      const shop = await seller(stage);
      return credit(shop, (await draft(shop, { lines: LINES })).body.id);
    },
    amount_not_available: (stage) => onIssued(stage, (shop, id) => credit(shop, id, { amount: 1191 })),
    reference_already_used: (stage) =>
      onIssued(stage, async (shop, id) => {
        const reference = freshReference();
        await credit(shop, id, { amount: 100, reference });
        return credit(shop, id, { amount: 100, reference });
      }),
  },
};
