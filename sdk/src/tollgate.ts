// biome-ignore-all lint/performance/noBarrelFile: the front of a published package, so that one import has everything.
export type * from './api.generated.ts';
export { Tollgate, type TollgateOptions } from './client.ts';
export type { CallOptions } from './operation.ts';
export { BLUECOM, NEOPAY, type PartnerWebhookProfile } from './partner-profile.ts';
export type { FetchLike } from './send-request.ts';
export { type FieldError, type Outcome, TollgateError } from './tollgate-error.ts';
export type { TransactionCartItem, TransactionNotification } from './transaction-notification.ts';
export {
  type BluesnapNotification,
  receiptFor,
  type VerifyBluesnapWebhookInput,
  verifyBluesnapWebhook,
} from './verify-bluesnap-webhook.ts';
export {
  type VerifyEncryptedWebhookInput,
  type VerifyLegacyWebhookInput,
  verifyEncryptedWebhook,
  verifyLegacyWebhook,
} from './verify-encrypted-webhook.ts';
export {
  type PartnerNotification,
  type VerifyPartnerWebhookInput,
  verifyPartnerWebhook,
  verifySignedMembers,
} from './verify-partner-webhook.ts';
export { type StandardKeys, type VerifyWebhookInput, verifyWebhook } from './verify-webhook.ts';
export {
  type CheckoutFrame,
  type CheckoutFrameStatus,
  type CheckoutFrameStatusName,
  type WatchCheckoutFrameOptions,
  watchCheckoutFrame,
} from './watch-checkout-frame.ts';
export type {
  CaptureEventType,
  DisputeEventType,
  EndpointEventType,
  InvoiceEventType,
  PaymentEventType,
  RefundEventType,
  ReversalEventType,
  WebhookEvent,
} from './webhook-event.ts';
export type { ReceivedWebhook, WebhookHeaders } from './webhook-request.ts';
export { type WebhookRejection, WebhookVerificationError } from './webhook-verification-error.ts';
