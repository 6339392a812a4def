/** Your `<iframe>` with the payment page in it; what of it is used, so that no types of browsers are needed. */
export interface CheckoutFrame {
  readonly contentWindow: unknown;
  readonly style: { height: string };
}

/** How the payment stands, as the page says. A hint for your page: only a notification, or the API, proves a payment. */
export interface CheckoutFrameStatus {
  readonly paymentId: string;
  readonly reference: string;
  readonly status: CheckoutFrameStatusName;
  /** What the page shows, such as `choose`, `qr`, `waiting` or `unknown`; more may come. */
  readonly state: string;
}

const STATUSES = [
  'created',
  'processing',
  'authorized',
  'succeeded',
  'failed',
  'canceled',
  'expired',
  'reversed',
] as const;
export type CheckoutFrameStatusName = (typeof STATUSES)[number];

export interface WatchCheckoutFrameOptions {
  /** As the payment was created with; messages of any other origin are passed over. */
  readonly paymentUrl: string;
  /** Called each time the page shows another state, and when it is loaded. */
  readonly onStatus?: (status: CheckoutFrameStatus) => void;
}

interface Message {
  readonly origin: string;
  readonly source: unknown;
  readonly data: unknown;
}

interface MessageTarget {
  addEventListener(type: 'message', listener: (event: Message) => void): void;
  removeEventListener(type: 'message', listener: (event: Message) => void): void;
}

/** A page is never as high; a frame that is would hide what lies below it on yours. */
const HEIGHT_PIXELS_MAX = 10_000;

/**
 * Keeps a frame with the payment page as high as the page, and tells of its states. For the page around the frame, whose
 * origin stands in the tenant's `frameAncestors`. Call it before the frame is loaded; the answer ends the watch.
 * @throws TypeError where `paymentUrl` is no address
 */
export function watchCheckoutFrame(
  frame: CheckoutFrame,
  { paymentUrl, onStatus }: WatchCheckoutFrameOptions,
): () => void {
  const { origin } = new URL(paymentUrl);
  const page = globalThis as unknown as MessageTarget;
  const hear = ({ origin: from, source, data }: Message): void => {
    // Any window can send a message: this one has to be from the frame, and what is in it from the checkout.
    if (from !== origin || source !== frame.contentWindow) return;
    if (typeof data !== 'object' || data === null || !('type' in data)) return;
    if (data.type === 'tollgate.resize' && 'height' in data && isHeight(data.height)) {
      frame.style.height = `${data.height}px`;
    }
    if (data.type === 'tollgate.status' && isStatus(data)) {
      const { paymentId, reference, status, state } = data;
      onStatus?.({ paymentId, reference, status, state });
    }
  };
  page.addEventListener('message', hear);
  return () => page.removeEventListener('message', hear);
}

function isHeight(value: unknown): value is number {
  return typeof value === 'number' && value > 0 && value <= HEIGHT_PIXELS_MAX;
}

function isStatus(data: object): data is CheckoutFrameStatus {
  const { paymentId, reference, status, state } = data as Record<string, unknown>;
  const texts = [paymentId, reference, state].every((text) => typeof text === 'string');
  return texts && STATUSES.some((known) => known === status);
}
