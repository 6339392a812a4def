import { createHash } from 'node:crypto';
import type { OrderStatus, SimulatedOrder } from './order.ts';
import { Refusal, type RefusalCode } from './refusal.ts';
import type { JsonObject, Operation, Wire } from './wire.ts';

const COMMANDS: Readonly<Record<string, Operation>> = { PAY: 'create', QUERY_DR: 'query', REFUND: 'refund' };

/** What the documentation leaves out of the hash. */
const UNHASHED = new Set(['neo_SecureHash', 'neo_ExtData', 'neo_TransAmount', 'neo_PaymentMethod']);

const RESULTS: Readonly<Record<OrderStatus, readonly [number, string]>> = {
  waiting: [9, 'Order is waiting for payment'],
  paid: [0, 'Payment successful'],
  failed: [1, 'Payment failed'],
  canceled: [18, 'Order is cancelled by customer'],
  expired: [-1, 'Order is expired'],
};

const REFUSALS: Readonly<Partial<Record<RefusalCode, number>>> = {
  unknown_merchant: 30,
  invalid_signature: 2,
  order_conflict: 19,
  validation_failed: 33,
};

const DEFAULT_LIFETIME_S = 86_400;

export const neopayWire: Wire = {
  operationOf: (path, { neo_Command }) =>
    path === '/api/v1/paygate/neopay' && typeof neo_Command === 'string' ? (COMMANDS[neo_Command] ?? null) : null,
  merchantCodeOf: ({ neo_MerchantCode }) => neo_MerchantCode,
  isSigned: ({ secretKeys }, _operation, body) => {
    const given = String(body.neo_SecureHash ?? '').toUpperCase();
    return secretKeys.some((secret) => hashOf(body, secret) === given);
  },
  sentAt: () => null,
  readCreate: (body, now) => {
    const { neo_MerchantTxnID: orderId, neo_Amount: amount, neo_Currency: currency, neo_ReturnURL: returnUrl } = body;
    if (typeof orderId !== 'string' || !/^[A-Za-z0-9_-]{1,36}$/.test(orderId)) throw invalid('neo_MerchantTxnID');
    if (typeof amount !== 'number' || !Number.isSafeInteger(amount) || amount < 1) throw invalid('neo_Amount');
    if (currency !== 'VND') throw invalid('neo_Currency');
    if (typeof returnUrl !== 'string') throw invalid('neo_ReturnURL');
    const lifetime = Number(body.neo_ExpiresIn ?? DEFAULT_LIFETIME_S);
    return {
      ...{ orderId, amount: BigInt(amount), currency, returnUrl, ipnUrl: null },
      description: String(body.neo_OrderInfo ?? ''),
      expiresAt: now.add({ seconds: lifetime }),
    };
  },
  readQuery: ({ neo_MerchantTxnID }) => {
    if (typeof neo_MerchantTxnID !== 'string') throw invalid('neo_MerchantTxnID');
    return { orderId: neo_MerchantTxnID };
  },
  readRefund: () => {
    throw new Refusal('not_supported', 'Refunds are made on the portal');
  },
  created: (_merchant, { way }, address) => ({
    status: 200,
    members: {
      neo_ResponseCode: 0,
      neo_ResponseMsg: 'Successful',
      neo_ResponseData: way === 'qr' ? { qrData: address } : { redirect: address },
    },
  }),
  queried: (_merchant, order) => ({ status: 200, members: { neo_DRExists: 'Y', ...detailsOf(order) } }),
  refunded: () => {
    throw new Refusal('not_supported', 'Refunds are made on the portal');
  },
  refused: (_merchant, { code, message }, operation) => {
    if (operation === 'query' && code === 'order_not_found') return { status: 200, members: { neo_DRExists: 'N' } };
    return { status: 200, members: { neo_ResponseCode: REFUSALS[code] ?? 1, neo_ResponseMsg: message } };
  },
  notification: (merchant, order, refund) => {
    const details = detailsOf(order);
    const told =
      refund === null
        ? { ...details, neo_TransAmount: details.neo_Amount }
        : {
            ...{ neo_Command: 'REFUND', neo_MerchantCode: order.merchantCode, neo_OrderID: order.ask.orderId },
            ...{ neo_PaymentID: '1439211', neo_RequestID: refund.refundId, neo_TransactionID: order.providerRef },
            ...{ neo_Amount: Number(refund.amount), neo_Fee: 0, neo_Version: '1' },
            ...{ neo_ResponseCode: refund.state === 'done' ? 0 : 1, neo_ResponseMsg: 'Refund' },
          };
    return { ...told, neo_SecureHash: hashOf(told, merchant.secretKeys[0] ?? '') };
  },
  isAcknowledged: (status, body) => {
    if (status !== 200) return false;
    try {
      const reply: unknown = JSON.parse(body);
      return typeof reply === 'object' && reply !== null && 'respcode' in reply && reply.respcode === 0;
    } catch {
      return false;
    }
  },
  withSignature: ({ neo_SecureHash: _, ...members }, signature) =>
    signature === null ? members : { ...members, neo_SecureHash: signature },
};

function detailsOf({ ask, status, merchantCode, providerRef }: SimulatedOrder): JsonObject {
  const [code, text] = RESULTS[status];
  return {
    ...{ neo_Command: 'PAY', neo_Version: '1', neo_Locale: 'vi', neo_MerchantCode: merchantCode },
    ...{ neo_MerchantTxnID: ask.orderId, neo_OrderID: ask.orderId, neo_OrderInfo: ask.description },
    ...{ neo_Amount: Number(ask.amount), neo_Currency: ask.currency, neo_TransactionID: providerRef },
    ...{ neo_ResponseCode: code, neo_ResponseMsg: text },
  };
}

function hashOf(members: JsonObject, secret: string): string {
  const hash = createHash('sha256');
  const names = Object.keys(members).filter((name) => name.startsWith('neo_') && !UNHASHED.has(name));
  for (const name of names.sort()) hash.update(String(members[name]));
  return hash.update(secret).digest('hex').toUpperCase();
}

function invalid(name: string): Refusal {
  return new Refusal('validation_failed', `Invalid ${name}`);
}
