import type { Money } from '../../kernel/money.ts';
import type { AddressField } from '../../payments/address-format.ts';
import type { PaymentStatus } from '../../payments/payment.ts';
import type { AddressRule } from '../../payments/shipping-address.ts';
import type { Html } from '../../platform/html.ts';
import type { DeclineReason } from '../../providers/provider.ts';
import type { Language } from '../../tenants/languages.ts';
import type { CheckoutLocale } from './locale.ts';

/** How a tenant shows itself to shoppers. */
export interface CheckoutBrand {
  readonly name: string;
  /** A path on this host or a `data:image/…` address; anything else is refused by the page's policy and not shown. */
  readonly logoUrl?: string;
  /** As it is shown, in pixels of the page: known before the image has come, so that nothing moves. */
  readonly logoSize?: { readonly width: number; readonly height: number };
  /** `#rrggbb`. */
  readonly primaryColor: string;
  readonly supportUrl?: string;
  readonly legalUrl?: string;
  readonly legalLinks?: { readonly terms?: string; readonly privacy?: string; readonly imprint?: string };
  /** Plain words of the tenant's: under the pay button, and under the result. */
  readonly payNote?: BrandText;
  readonly resultNote?: BrandText;
  /** What the page offers to switch to; fewer than two: no switch. */
  readonly languages?: readonly Language[];
}

/** A text with the language it is written in, which may be another than the page's. */
export interface BrandText {
  readonly text: string;
  readonly language: Language;
}

export interface CheckoutItem {
  readonly description: string;
  readonly quantity: number;
  /** The whole line, in minor units of the payment's currency. */
  readonly amount?: bigint;
}

export interface PaymentMethodChoice {
  /** Comes back as the form's `method`. */
  readonly id: string;
  readonly label: string;
  readonly hint?: string;
}

interface CheckoutCommon {
  /** The page's own path, `/c/{token}`. */
  readonly path: string;
  /** Where the page reloads itself, if not at `path`: where it waits for the bank, reloading must not leave for it again. */
  readonly stayPath?: string;
  readonly locale: CheckoutLocale;
  /** Of the policy's `style-src 'nonce-…'`; for the tenant's colors. */
  readonly nonce: string;
  readonly brand: CheckoutBrand;
  /** Written by `formatMoney` in the shopper's locale; never given as text, so that shown and charged cannot differ. */
  readonly amount: Money;
  readonly description?: string;
  readonly reference: string;
  readonly testMode: boolean;
  readonly items?: readonly CheckoutItem[];
  /** Until the payment expires, by the server's clock; the page counts on from here by itself. */
  readonly secondsLeft: number;
  /** The same instant in words, for browsers without scripts. */
  readonly expiresAtText: string;
  readonly paymentId: string;
  /** As the payment's status is shown to its shopper. */
  readonly status: PaymentStatus;
  /** Whose pages may have this one in a frame, and are told in which state it is; none: it is framed by nobody. */
  readonly frameOrigins: readonly string[];
  /** Changes whenever the page would look different. Opaque. Sent back with every form as `state`. */
  readonly stateKey: string;
}

/** One part of an address as its form asks for it. */
export interface AddressEntry {
  readonly field: AddressField;
  readonly value: string;
  readonly required: boolean;
  readonly charactersMax: number;
  readonly broken: AddressRule | null;
  /** What a good value looks like; of postal codes. */
  readonly example?: string;
}

/** Where the order goes is asked for before it is paid. */
interface ShippingState {
  readonly kind: 'shipping';
  readonly country: { readonly code: string; readonly broken: boolean };
  /** In the order of the country's addresses. */
  readonly entries: readonly AddressEntry[];
}

interface ChooseState {
  readonly kind: 'choose';
  readonly methods: readonly [PaymentMethodChoice, ...PaymentMethodChoice[]];
  /** Where the order goes, line by line, where the payment asked for it. */
  readonly delivery?: readonly string[];
  /** What became of the try before. */
  readonly notice: { readonly kind: 'declined'; readonly reason: DeclineReason; readonly triesLeft: number } | null;
}

interface RedirectState {
  readonly kind: 'redirect';
  /** The bank's page. */
  readonly url: string;
  /** Goes there by itself. Only right after the shopper chose to: who comes back by the back button is not sent away. */
  readonly leaving: boolean;
  /** `own_window`: a page that may not be framed. `app`: the payer's own. Both are linked to out of any frame. */
  readonly to: 'page' | 'own_window' | 'app';
  /** In a frame, perhaps: goes there by nothing but the link and the code. */
  readonly stays: boolean;
  /** The address as a code, for who cannot leave the frame, or has the app on another device. */
  readonly code: Html | null;
}

interface QrState {
  readonly kind: 'qr';
  /** The code as drawn by this program; null where the payload is too long for one. */
  readonly svg: Html | null;
  /** The same as a picture to keep. */
  readonly picturePath: string;
  readonly payload: string;
  /** Opens the payment in the shopper's banking app. */
  readonly deepLink?: string;
}

/** The provider's own card fields are in the page. */
interface CardState {
  readonly kind: 'card';
  /** The provider's module, served by ourselves, and the script that it needs. */
  readonly modulePath: string;
  readonly scriptUrl: string;
  /** What the provider gave for this one attempt. */
  readonly secret: string;
  /** Where what the fields gave back is sent. */
  readonly completePath: string;
  /** What became of the try before. */
  readonly notice: 'not_sent' | null;
}

/** The bank has the request; nobody knows whether it has; it cannot be reached. */
interface PendingState<K extends 'waiting' | 'unknown' | 'unavailable'> {
  readonly kind: K;
}

/** Nothing moves any more. */
export type EndKind = 'succeeded' | 'failed' | 'canceled' | 'expired' | 'reversed';

interface EndState<K extends EndKind> {
  readonly kind: K;
  /** Back to the shop with the result in its query, as the server computed it. */
  readonly leaveUrl?: string;
}

interface SucceededState extends EndState<'succeeded'> {
  /** Whoever sees this did not come from paying: it was paid before, or in another window. */
  readonly before: boolean;
}

interface FailedState extends EndState<'failed'> {
  readonly reason?: DeclineReason;
}

/** Everything the page of one payment shows, by state. Computed by the server alone, never from the query string. */
export type CheckoutView = CheckoutCommon &
  (
    | ShippingState
    | ChooseState
    | RedirectState
    | QrState
    | CardState
    | PendingState<'waiting'>
    | PendingState<'unknown'>
    | PendingState<'unavailable'>
    | SucceededState
    | FailedState
    | EndState<'canceled'>
    | EndState<'expired'>
    | EndState<'reversed'>
  );

export type CheckoutKind = CheckoutView['kind'];
/** The view of the given states. */
export type ViewOf<K extends CheckoutKind> = Extract<CheckoutView, { readonly kind: K }>;
