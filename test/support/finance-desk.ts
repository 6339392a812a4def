import { expect } from 'vitest';
import { until } from './api-client.ts';
import type { PanelPerson } from './panel-person.ts';
import type { PanelStage } from './panel-stage.ts';
import { plantDeadline } from './planted-deadline.ts';
import { plantEarlierMonth } from './planted-month.ts';

/** What somebody wrote who wants it run; it has to stand there as text. */
export const XSS = `<img src=x onerror="document.title='taken'">`;

/** Something of everything that finance looks after, in one tenant. */
export interface FinanceDesk {
  /** May do what finance may. */
  readonly finance: PanelPerson;
  /** A paid payment of 50.00 EUR, and its only capture. */
  readonly paymentId: string;
  readonly captureId: string;
  /** Two disputes that take evidence no more, or still do. */
  readonly disputeId: string;
  /** A deadline that waits for a person. */
  readonly deadlineId: string;
  /** The month before last, which has an entry and is not closed. */
  readonly month: string;
}

/** Fills a tenant by the API: payments, a refund, a dispute, a deadline, an earlier month, and a rule for large refunds. */
export async function openFinanceDesk(stage: PanelStage): Promise<FinanceDesk> {
  const { installation, shop } = stage;
  const { database, tenant } = installation;
  const { tenantId } = tenant.tenant;
  const payment = await shop.pay({ amount: 5000, description: XSS });
  const small = await shop.pay({ amount: 1000 });
  await shop.refund(small.id, { amount: 400, reason: XSS }, 'refund-small');
  const held = (await shop.create({ captureMethod: 'manual', amount: 900 })).body;
  await shop.confirm(held.id, 'tok_no_ipn');
  await shop.send('POST', `/payments/${held.id}/capture`, { body: {} });
  await shop.send('POST', `/payments/${held.id}/reversals`, { body: { reason: 'Ordered twice' } });
  const disputed = (await shop.create({ amount: 2500 })).body;
  await shop.confirm(disputed.id, 'tok_dispute_lost');
  const dispute = await until(async () => (await shop.send('GET', `/disputes?paymentId=${disputed.id}`)).body.data[0]);
  const [endpoint] = [
    (
      await shop.send('POST', '/webhook-endpoints', {
        body: { url: 'https://shop.example/hook', eventTypes: ['dispute.won'] },
      })
    ).body,
  ];
  const owner = { tenantId, paymentId: small.id, endpointId: endpoint.id, state: 'suppressed' } as const;
  // Before the rule is set: under it, whom one invites a second person has to agree to.
  const finance = await stage.newPerson('finance');
  const rule = { fourEyes: 'people', refundApprovalAbove: { EUR: 1000 } };
  const settings = await stage.owner.browser.send('PATCH', '/settings', {
    body: rule,
    headers: { 'x-tollgate-tenant': tenantId },
  });
  expect(settings.status, settings.text).toBe(200);
  const captures = await shop.send('GET', `/captures?paymentId=${payment.id}`);
  return {
    finance,
    paymentId: payment.id,
    captureId: captures.body.data[0].id,
    disputeId: dispute.id,
    deadlineId: await plantDeadline(database, owner),
    month: await plantEarlierMonth(database, tenantId),
  };
}

/** A file of a provider with words of its own: one line that is right, one of nobody, a fee and a payout. */
export function statementFile({ captureId }: FinanceDesk): string {
  return [
    'Ref;Type;Date;Ccy;Amount;Fee;Ours;Payout',
    `L-1;Payment;2026-11-20;EUR;50.00;0.75;${captureId};`,
    'L-2;Payment;2026-11-20;EUR;12.39;0.20;;',
    'L-3;Costs;2026-11-20;EUR;-5.00;0;;',
    'L-4;Transfer;2026-11-21;EUR;-30.00;0;;po-1',
    '',
  ].join('\r\n');
}
