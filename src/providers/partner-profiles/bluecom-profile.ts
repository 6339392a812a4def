import { type PartnerProfile, partnerProfile } from './profile.ts';

/**
 * The partner contract of Bluecom: JSON with a body member `signature`, HMAC-SHA256 in small hexadecimal letters over
 * the values in the order below, joined by `|`, absent ones empty; or RSA-SHA256 in base64.
 * Source: https://docs.bluesim.com.vn/en/docs/payment-gateway/webhook-contract and the wire contract of this project.
 */
export const bluecomProfile: PartnerProfile = partnerProfile.parse({
  id: 'bluecom',
  title: 'Bluecom partner contract',
  paths: { create: '/create-payment', query: '/query-payment', refund: '/refund' },
  signing: {
    methods: [
      { algorithm: 'hmac-sha256', encoding: 'hex-lower' },
      { algorithm: 'rsa-sha256', encoding: 'base64' },
    ],
    order: 'listed',
    separator: '|',
    absent: 'empty',
    place: { in: 'body', member: 'signature' },
  },
  messages: {
    createRequest: {
      signature: 'required',
      fields: [
        { wire: 'merchantCode', means: 'merchantCode', required: true },
        { wire: 'orderId', means: 'orderId', required: true },
        { wire: 'amount', means: 'amount', required: true },
        { wire: 'currency', means: 'currency', required: true },
        { wire: 'description', means: 'description' },
        { wire: 'returnUrl', means: 'returnUrl', required: true },
        { wire: 'ipnUrl', means: 'ipnUrl', required: true },
        { wire: 'expiresAt', means: 'expiresAt', required: true },
      ],
    },
    // The contract promises no signature here, and the answer moves nothing: it names a page. One that is there counts.
    createAnswer: {
      signature: 'if_present',
      fields: [
        { wire: 'orderId', means: 'orderId' },
        { wire: 'providerRef', means: 'providerRef', required: true },
        { wire: 'redirectUrl', means: 'redirectUrl', max: 2_000 },
        { wire: 'qrPayload', means: 'qrPayload', max: 2_000 },
        { wire: 'expiresAt', means: 'expiresAt' },
      ],
    },
    queryRequest: {
      signature: 'required',
      fields: [
        { wire: 'merchantCode', means: 'merchantCode', required: true },
        { wire: 'orderId', means: 'orderId', required: true },
        { wire: 'providerRef', means: 'providerRef' },
        { wire: 'timestamp', means: 'timestamp', required: true },
      ],
    },
    queryAnswer: {
      signature: 'required',
      fields: [
        { wire: 'orderId', means: 'orderId', required: true },
        { wire: 'providerRef', means: 'providerRef', required: true },
        { wire: 'status', means: 'status', required: true },
        { wire: 'amount', means: 'amount', required: true },
        { wire: 'currency', means: 'currency', required: true },
        { wire: 'paidAt', means: 'paidAt' },
      ],
    },
    refundRequest: {
      signature: 'required',
      fields: [
        { wire: 'merchantCode', means: 'merchantCode', required: true },
        { wire: 'orderId', means: 'orderId', required: true },
        { wire: 'providerRef', means: 'providerRef' },
        { wire: 'refundId', means: 'refundId', required: true },
        { wire: 'amount', means: 'amount', required: true },
        { wire: 'currency', means: 'currency', required: true },
        { wire: 'timestamp', means: 'timestamp', required: true },
      ],
    },
    refundAnswer: {
      signature: 'required',
      fields: [
        { wire: 'merchantCode', means: 'merchantCode', required: true },
        { wire: 'orderId', means: 'orderId', required: true },
        { wire: 'providerRef', means: 'providerRef', required: true },
        { wire: 'refundId', means: 'refundId', required: true },
        { wire: 'status', means: 'status', required: true },
        { wire: 'amount', means: 'amount', required: true },
        { wire: 'currency', means: 'currency', required: true },
        { wire: 'paidAt', means: 'paidAt' },
        { wire: 'timestamp', means: 'timestamp' },
      ],
    },
    refusal: {
      signature: 'required',
      fields: [
        { wire: 'orderId', means: 'orderId' },
        { wire: 'code', means: 'code', required: true, max: 64 },
        { wire: 'message', means: 'message', max: 300 },
      ],
    },
    ipn: {
      signature: 'required',
      fields: [
        { wire: 'merchantCode', means: 'merchantCode', required: true },
        { wire: 'orderId', means: 'orderId', required: true },
        { wire: 'providerRef', means: 'providerRef', required: true },
        { wire: 'refundId', means: 'refundId' },
        { wire: 'eventType', means: 'eventType', required: true },
        { wire: 'status', means: 'status', required: true },
        { wire: 'amount', means: 'amount', required: true },
        { wire: 'currency', means: 'currency', required: true },
        { wire: 'paidAt', means: 'paidAt' },
        { wire: 'timestamp', means: 'timestamp', required: true },
        { wire: 'nonce', means: 'nonce' },
      ],
    },
    browserReturn: {
      signature: 'none',
      fields: [
        { wire: 'orderId', means: 'orderId' },
        { wire: 'status', means: 'status' },
      ],
    },
  },
  amount: 'minor_units',
  currencies: 'any',
  instants: 'rfc3339',
  toleranceSeconds: 300,
  reference: 'providerRef',
  eventTypes: { PAYMENT: 'payment', REFUND: 'refund' },
  statuses: {
    payment: { SUCCESS: 'captured', FAILED: 'declined', EXPIRED: 'expired', CANCELLED: 'canceled' },
    query: {
      PENDING: 'pending',
      SUCCESS: 'captured',
      REFUNDED: 'captured',
      FAILED: 'declined',
      EXPIRED: 'expired',
      CANCELLED: 'canceled',
    },
    refund: { PENDING: 'pending', REFUNDED: 'succeeded', SUCCESS: 'succeeded', FAILED: 'failed' },
  },
  codes: {
    malformed: 'refused',
    validation_failed: 'refused',
    state_conflict: 'refused',
    amount_not_available: 'refused',
    https_required: 'refused',
    order_conflict: 'exists',
    refund_conflict: 'exists',
    order_not_found: 'not_found',
    invalid_signature: 'invalid_credentials',
    unknown_merchant: 'invalid_credentials',
    stale_timestamp: 'not_executed',
    not_executed: 'not_executed',
  },
  acknowledgement: { status: 200 },
  rejection: null,
  embeddable: true,
  refunds: 'many',
  unacknowledged: 'repeats',
});
