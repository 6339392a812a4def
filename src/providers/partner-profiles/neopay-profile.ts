import { type PartnerProfile, partnerProfile } from './profile.ts';

const ONE_ADDRESS = '/api/v1/paygate/neopay';

/**
 * NeoPay (NeoX, Viet Nam): one address, a command in the body, and SHA-256 over all values in the order of their names,
 * with nothing between them and the secret behind. Values that lean on each other can be cut in more than one way, and
 * the shopper's browser carries such a text, so its notifications are hints here: the gateway asks.
 * The documentation has no hash on answers; what they say stands on TLS, and a hash that is there is verified.
 * Sources: https://docs.neox.vn/docs/payment-gateway/integrations/hosted-checkout/apis (PAY),
 * https://docs.neox.vn/docs/payment-gateway/transaction-management/query-dr, …/ipn and …/error-codes,
 * https://docs.neox.vn/docs/payment-gateway/integrations/refund/apis (sample hashes).
 */
export const neopayProfile: PartnerProfile = partnerProfile.parse({
  id: 'neopay',
  title: 'NeoPay',
  paths: { create: ONE_ADDRESS, query: ONE_ADDRESS },
  signing: {
    methods: [{ algorithm: 'sha256', encoding: 'hex-upper' }],
    order: 'by_name',
    namePrefix: 'neo_',
    separator: '',
    absent: 'skipped',
    letterCase: 'any',
    place: { in: 'body', member: 'neo_SecureHash' },
  },
  messages: {
    createRequest: {
      signature: 'required',
      unsigned: ['neo_ExtData'],
      fields: [
        { wire: 'neo_Command', literal: 'PAY' },
        { wire: 'neo_Version', literal: '1' },
        { wire: 'neo_Locale', literal: 'vi' },
        { wire: 'neo_MerchantCode', means: 'merchantCode', required: true },
        { wire: 'neo_Currency', means: 'currency', required: true },
        { wire: 'neo_Amount', means: 'amount', required: true },
        { wire: 'neo_MerchantTxnID', means: 'orderId', required: true },
        { wire: 'neo_OrderID', means: 'orderId', required: true },
        { wire: 'neo_OrderInfo', means: 'description', required: true, max: 256 },
        { wire: 'neo_ReturnURL', means: 'returnUrl', required: true },
        { wire: 'neo_ExpiresIn', means: 'expiresIn', required: true },
      ],
    },
    createAnswer: {
      signature: 'if_present',
      unsigned: ['neo_ResponseData'],
      fields: [
        { wire: 'neo_ResponseCode', means: 'code', required: true },
        { wire: 'neo_ResponseMsg', means: 'message', max: 300 },
        { wire: 'neo_ResponseData.redirect', means: 'redirectUrl', max: 2_000 },
        { wire: 'neo_ResponseData.qrData', means: 'qrPayload', max: 2_000 },
      ],
    },
    queryRequest: {
      signature: 'required',
      fields: [
        { wire: 'neo_Command', literal: 'QUERY_DR' },
        { wire: 'neo_Version', literal: '1' },
        { wire: 'neo_MerchantCode', means: 'merchantCode', required: true },
        { wire: 'neo_MerchantTxnID', means: 'orderId', required: true },
      ],
    },
    queryAnswer: {
      signature: 'if_present',
      unsigned: ['neo_TransAmount', 'neo_ExtData'],
      fields: [
        { wire: 'neo_DRExists', means: 'found', required: true },
        { wire: 'neo_ResponseCode', means: 'status' },
        { wire: 'neo_ResponseMsg', means: 'message', max: 300 },
        { wire: 'neo_MerchantCode', means: 'merchantCode' },
        { wire: 'neo_MerchantTxnID', means: 'orderId' },
        { wire: 'neo_Amount', means: 'amount' },
        { wire: 'neo_Currency', means: 'currency' },
      ],
    },
    ipn: {
      signature: 'required',
      unsigned: ['neo_TransAmount', 'neo_ExtData', 'neo_PaymentMethod'],
      fields: [
        { wire: 'neo_Command', means: 'eventType', required: true },
        { wire: 'neo_MerchantCode', means: 'merchantCode', required: true },
        { wire: 'neo_OrderID', means: 'orderId', required: true },
        { wire: 'neo_TransactionID', means: 'providerRef' },
        { wire: 'neo_RequestID', means: 'refundId' },
        { wire: 'neo_ResponseCode', means: 'status', required: true },
        { wire: 'neo_ResponseMsg', means: 'message', max: 300 },
        { wire: 'neo_Amount', means: 'amount', required: true },
        { wire: 'neo_Currency', means: 'currency' },
      ],
    },
  },
  amount: 'whole_units',
  currencies: ['VND'],
  instants: 'unix_seconds',
  toleranceSeconds: null,
  reference: 'orderId',
  eventTypes: { PAY: 'payment', REFUND: 'refund' },
  statuses: {
    payment: { '0': 'captured', '1': 'declined', '18': 'canceled', '-1': 'expired' },
    query: { '0': 'captured', '1': 'declined', '9': 'pending', '99': 'pending', '18': 'canceled', '-1': 'expired' },
    refund: { '0': 'succeeded', '1': 'failed' },
  },
  codes: {
    '0': 'ok',
    '19': 'exists',
    '30': 'refused',
    '31': 'refused',
    '32': 'refused',
    '33': 'refused',
    '34': 'refused',
    '35': 'refused',
    '36': 'refused',
    '37': 'refused',
    '40': 'refused',
    '41': 'refused',
    '42': 'refused',
    '43': 'refused',
  },
  acknowledgement: { status: 200, contentType: 'application/json', body: '{"respcode":0,"respmsg":"received"}' },
  rejection: { contentType: 'application/json', body: '{"respcode":1,"respmsg":"refused"}' },
  embeddable: false,
  // A refund needs the name of a payment within the transaction, and for QR the payer's bank account, which we have not.
  refunds: 'none',
  unacknowledged: 'repeats',
});
