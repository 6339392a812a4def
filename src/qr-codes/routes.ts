import { runOnce } from '../idempotency/run-once.ts';
import { present } from '../kernel/assert.ts';
import { pageOf } from '../kernel/page.ts';
import type { PaymentContext } from '../payments/context.ts';
import { createCreatePayment } from '../payments/create-payment.ts';
import { type BoundEndpoint, bindEndpoint } from '../platform/http/bind-endpoint.ts';
import * as api from './api.ts';
import { cancelQrCode, changeAmount } from './change-qr-code.ts';
import { createQrCode, timeOf } from './create-qr-code.ts';
import { findQrCode } from './find-qr-code.ts';
import type { QrCode } from './qr-code.ts';
import { qrCodeJson } from './qr-code-json.ts';
import type { QrCodeAnswer } from './qr-code-shape.ts';
import { scanQrCode } from './scan-qr-code.ts';
import { type Owner, selectLatestPayments, selectQrCodes } from './store.ts';

/** The endpoints of QR codes, tied to their verbs. */
export function qrCodeRoutes(context: PaymentContext): readonly BoundEndpoint[] {
  const createPayment = createCreatePayment(context);
  const { database, tenantClocks } = context;
  const db = database.query;
  return [
    bindEndpoint(api.createQrCode, ({ caller, body, idempotency }) => createQrCode(context, caller, body, idempotency)),
    bindEndpoint(api.getQrCode, async ({ caller, params }) => ({
      body: await readJson(context, caller, await findQrCode(db, caller, params.id)),
    })),
    bindEndpoint(api.listQrCodes, async ({ caller, query }) => {
      const codes = await selectQrCodes(db, caller, { ...query, ...(await timeOf(context, caller)) });
      return { body: pageOf(await listJson(context, caller, codes), query.limit) };
    }),
    bindEndpoint(api.updateQrCode, async ({ caller, params, body: change }) => {
      const clock = await tenantClocks.of(caller.tenantId, caller.mode);
      const code = await database.transaction((tx) => changeAmount(tx, caller, params.id, { clock, change }));
      return { body: await readJson(context, caller, code) };
    }),
    bindEndpoint(api.cancelQrCode, async ({ caller: { tenantId, mode }, params, idempotency }) => {
      const owner = { tenantId, mode };
      const clock = await tenantClocks.of(tenantId, mode);
      const checkoutUrl = await context.checkoutUrlOf(owner);
      return runOnce(context, { ...owner, route: 'cancelQrCode' }, idempotency, async (tx) => {
        const code = await cancelQrCode(tx, owner, params.id, clock);
        const payments = await selectLatestPayments(tx, tenantId, [code.qrCodeId]);
        const latestPaymentId = payments.get(code.qrCodeId) ?? null;
        return { status: 200, body: qrCodeJson(code, { checkoutUrl, now: clock.now(), latestPaymentId }) };
      });
    }),
    bindEndpoint(api.scanQrCode, ({ caller, params, body, idempotency }) =>
      scanQrCode(context, createPayment, caller, { ...body, qrCodeId: params.id }, idempotency),
    ),
  ];
}

async function readJson(context: PaymentContext, owner: Owner, code: QrCode): Promise<QrCodeAnswer> {
  const [json] = await listJson(context, owner, [code]);
  return present(json, 'the code');
}

/** Read together, however many codes there are. */
async function listJson(context: PaymentContext, owner: Owner, codes: readonly QrCode[]): Promise<QrCodeAnswer[]> {
  const { now } = await timeOf(context, owner);
  const checkoutUrl = await context.checkoutUrlOf(owner);
  const ids = codes.map(({ qrCodeId }) => qrCodeId);
  const payments = await selectLatestPayments(context.database.query, owner.tenantId, ids);
  return codes.map((code) =>
    qrCodeJson(code, { checkoutUrl, now, latestPaymentId: payments.get(code.qrCodeId) ?? null }),
  );
}
