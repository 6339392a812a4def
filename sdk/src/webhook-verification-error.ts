/** Why a request is not believed. The error's message says what to do about it. */
export type WebhookRejection =
  | 'bad_secret'
  | 'not_raw'
  | 'too_large'
  | 'missing_header'
  | 'bad_timestamp'
  | 'too_old'
  | 'too_new'
  | 'no_match'
  | 'unknown_key'
  | 'wrong_id'
  | 'bad_auth_key'
  | 'not_json'
  | 'malformed';

const ADVICE: Readonly<Record<WebhookRejection, string>> = {
  bad_secret: 'A key is missing, empty or not of its kind. Copy the whole of it, with what stands in front.',
  not_raw: 'The body was parsed before it was verified. Pass the raw bytes, as they came.',
  too_large: 'No notification has more than 1 MiB. Stop reading earlier, so that nobody fills your memory.',
  missing_header:
    'A header that is needed is missing or there twice. Did a proxy drop it, or is the sender not Tollgate?',
  bad_timestamp: 'The timestamp of the notification is none.',
  too_old: 'The notification was signed too long ago. Is it a replay, or is your clock fast?',
  too_new: 'The notification was signed in the future. Is your clock slow?',
  no_match:
    'It was not made with any of your keys. Either they are not this endpoint’s (test and live have their own), or the ' +
    'body was changed on its way: parsed and re-serialized, or decoded and encoded. Verify the raw bytes.',
  unknown_key: 'It names a key (kid) that you have not given. Was the key rotated?',
  wrong_id: 'The header webhook-id is not the id that stands inside: this is another message’s header.',
  bad_auth_key: 'The signature is right, but authKey is not made with your data protection key.',
  not_json: 'It is genuine, but no event in JSON. Has the endpoint another dialect?',
  malformed: 'The body is not what this dialect sends. Has the endpoint another dialect?',
};

/** A request that must not be acted upon. Answer 400: the gateway then tries again, with a new signature. */
export class WebhookVerificationError extends Error {
  override readonly name = 'WebhookVerificationError';
  readonly reason: WebhookRejection;

  constructor(reason: WebhookRejection, advice: string = ADVICE[reason]) {
    super(advice);
    this.reason = reason;
  }
}
