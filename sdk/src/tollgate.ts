// biome-ignore-all lint/performance/noBarrelFile: the front of a published package, so that one import has everything.
export type * from './api.generated.ts';
export { Tollgate, type TollgateOptions } from './client.ts';
export type { CallOptions } from './operation.ts';
export type { FetchLike } from './send-request.ts';
export { type FieldError, type Outcome, TollgateError } from './tollgate-error.ts';
export {
  type VerifyWebhookInput,
  verifyWebhook,
  type WebhookHeaders,
  type WebhookRejection,
  WebhookVerificationError,
} from './verify-webhook.ts';
export type {
  AttemptObject,
  OtherEventType,
  PaymentEventType,
  PaymentObject,
  RefundEventType,
  RefundObject,
  WebhookEvent,
} from './webhook-event.ts';
