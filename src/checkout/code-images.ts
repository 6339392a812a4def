import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isId } from '../kernel/id.ts';
import { Problem } from '../kernel/problem.ts';
import { nextActionOf } from '../payments/attempt.ts';
import { codePicturePath } from '../payments/code-picture.ts';
import type { PaymentContext } from '../payments/context.ts';
import type { Payment } from '../payments/payment.ts';
import {
  type PaymentWithAttempt,
  readAttempt,
  readPaymentByToken,
  readPaymentOfAttempt,
} from '../payments/read-payment.ts';
import { exchangeOf } from '../platform/http/exchange.ts';
import { qrPng, qrSvg } from '../platform/qr-code.ts';
import { admitTenant } from '../platform/tenant-scope.ts';
import { checkVisit } from './check-visit.ts';

interface OfToken {
  Params: { readonly token: string };
}

interface OfAttempt {
  Params: { readonly tenantId: string; readonly attemptId: string };
}

const FORMATS = {
  svg: { contentType: 'image/svg+xml', draw: (payload: string) => qrSvg(payload)?.toString() ?? null },
  png: { contentType: 'image/png', draw: qrPng },
} as const;
type Format = keyof typeof FORMATS;

/**
 * Pictures of the code that a payment waits for: `/c/{token}/qr.svg` and `.png` for the shopper's browser, and for shops
 * that draw their own page the `imageUrl` of a `qr` next action, which names its attempt. Both are gone with the attempt.
 */
export function codeImages(fastify: FastifyInstance, context: PaymentContext): void {
  for (const format of ['svg', 'png'] as const) {
    fastify.get<OfToken>(`/c/:token/qr.${format}`, async (request, reply) => {
      const found = await readPaymentByToken(context, request.params.token);
      return send(request, reply, found, format);
    });
    fastify.get<OfAttempt>(codePicturePath(':tenantId', ':attemptId', format), async (request, reply) => {
      const { tenantId, attemptId } = request.params;
      const named = isId('ten', tenantId) && isId('att', attemptId);
      if (named) admitTenant(tenantId);
      const attempt = named ? await readAttempt(context.database.query, tenantId, attemptId) : null;
      if (attempt === null) throw new Problem('not_found');
      const payment = await readPaymentOfAttempt(context.database.query, attempt);
      return send(request, reply, { payment, latestAttempt: attempt }, format);
    });
  }
}

function send(
  request: FastifyRequest,
  reply: FastifyReply,
  { payment, latestAttempt }: PaymentWithAttempt,
  format: Format,
): FastifyReply {
  checkVisit(payment, exchangeOf(request));
  const payload = payloadOf({ payment, latestAttempt });
  const { contentType, draw } = FORMATS[format];
  const picture = payload === null ? null : draw(payload);
  if (picture === null) throw new Problem('not_found', 'This payment waits for no code to be scanned.');
  return (
    reply
      .header('content-type', contentType)
      .header('content-disposition', `inline; filename="${fileNameOf(payment)}.${format}"`)
      // Opened by itself an SVG is a document, and this one needs nothing.
      .header('content-security-policy', "default-src 'none'; frame-ancestors 'none'")
      .header('cross-origin-resource-policy', 'cross-origin')
      .send(picture)
  );
}

function payloadOf({ payment, latestAttempt }: PaymentWithAttempt): string | null {
  if (latestAttempt === null || payment.openAttemptId !== latestAttempt.attemptId) return null;
  const action = latestAttempt.state === 'requires_action' ? nextActionOf(latestAttempt) : null;
  return action?.type === 'qr' ? action.payload : null;
}

/** References may hold what no file's name can. */
function fileNameOf({ reference }: Payment): string {
  return `payment-${reference.replaceAll(/[^A-Za-z0-9_-]/g, '-')}`;
}
