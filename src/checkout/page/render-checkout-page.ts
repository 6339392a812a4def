import { type Content, type Html, html } from '../../platform/html.ts';
import { checkoutAssets } from './assets.ts';
import { type DocumentAsFile, renderDocument } from './document.ts';
import { renderLanguageSwitch } from './language-switch.ts';
import { requiredDepartureUrl } from './links.ts';
import { type MessageView, messageOf, renderLeaveRefresh } from './message-states.ts';
import { CATALOGS } from './messages/catalogs.ts';
import type { Messages } from './messages/messages.ts';
import { renderBrand, renderDeadline, renderFooter, renderSummary } from './summary.ts';
import { renderTestBar } from './test-bar.ts';
import type { CheckoutKind, CheckoutView } from './view.ts';
import { renderWork, type WorkView, workTitle } from './work-states.ts';

/** How often a page that awaits the bank asks again where scripts are off. */
const REFRESH_SECONDS = 5;
/** No shopper sits longer before a page. */
const END_SECONDS_MAX = 86_400;

interface Behavior {
  /** Still open: a tester can play the bank. */
  readonly open: boolean;
  /** Shows the time left, and reloads at its end. */
  readonly counts: boolean;
  /** The script asks for the state. */
  readonly polls: boolean;
}

const END: Behavior = { open: false, counts: false, polls: false };
const BEHAVIORS: Readonly<Record<CheckoutKind, Behavior>> = {
  // Never reloaded by itself either.
  shipping: { open: false, counts: true, polls: false },
  choose: { open: true, counts: true, polls: true },
  redirect: { open: true, counts: true, polls: true },
  qr: { open: true, counts: true, polls: true },
  // Reloaded only once the fields are good for nothing: what was entered would be gone. Nor can a tester play this bank.
  card: { open: false, counts: true, polls: true },
  waiting: { open: true, counts: false, polls: true },
  unknown: { open: true, counts: false, polls: true },
  unavailable: { open: true, counts: false, polls: true },
  succeeded: END,
  failed: END,
  canceled: END,
  expired: END,
  reversed: END,
};

/**
 * The whole HTML of `/c/{token}`. Pure: shows the view and nothing else. As a file it has no scripts, goes nowhere by
 * itself, and carries its policy.
 * @throws AssertionFailed where a redirect's address is none a browser may open
 */
export function renderCheckoutPage(view: CheckoutView, asFile?: DocumentAsFile): string {
  const messages = CATALOGS[view.locale.language];
  return renderDocument({
    locale: view.locale,
    nonce: view.nonce,
    title: `${documentTitle(view, messages)} – ${view.brand.name}`,
    brandColor: view.brand.primaryColor,
    head: asFile === undefined && renderRefresh(view),
    body: renderBody(view, messages),
    island: true,
    cardFields: view.kind === 'card',
    ...(asFile === undefined ? {} : { asFile }),
  });
}

function documentTitle(view: CheckoutView, messages: Messages): string {
  if (!isWork(view)) return messageOf(view, messages).title;
  const declined = view.kind === 'choose' && view.notice !== null;
  return declined ? messages.declinedTitle : workTitle(view, messages);
}

/** What goes on by itself, also without scripts. */
function renderRefresh(view: CheckoutView): Content {
  const here = view.stayPath ?? view.path;
  switch (view.kind) {
    case 'redirect':
      return view.leaving
        ? html`<meta http-equiv="refresh" content="0;url=${requiredDepartureUrl(view.url)}">`
        : renderReload(REFRESH_SECONDS, here);
    case 'succeeded':
      return renderLeaveRefresh(view);
    case 'qr':
    case 'waiting':
    case 'unknown':
      return renderReload(REFRESH_SECONDS, here);
    case 'choose':
    case 'unavailable':
      // At its end, to say so; a page whose time is over already would do so for ever.
      return view.secondsLeft > 0 && view.secondsLeft <= END_SECONDS_MAX && renderReload(view.secondsLeft + 1, here);
    default:
      return null;
  }
}

function renderReload(seconds: number, path: string): Html {
  return html`<noscript><meta http-equiv="refresh" content="${Math.ceil(seconds)};url=${path}"></noscript>`;
}

function renderBody(view: CheckoutView, messages: Messages): Html {
  return html`${view.testMode && html`<header class="test-mark">${messages.testMode}</header>`}
<main ${mainData(view, messages)}>
${renderBrand(view)}
${isWork(view) ? renderWorkCard(view, messages) : renderMessageCard(view, messages)}
<p class="offline" role="alert" hidden>${messages.offline}</p>
<p class="unseen" role="status"></p>
</main>
${view.testMode && BEHAVIORS[view.kind].open && renderTestBar(view)}
${renderFooter(view, messages, renderLanguageSwitch(view, messages))}`;
}

/** What the island needs to know, and what a program can read without reading words. */
function mainData(view: CheckoutView, messages: Messages): Html {
  const token = view.path.slice(view.path.lastIndexOf('/') + 1);
  const poll = polls(view) && html` data-poll="/api/v1/checkout-sessions/${token}"`;
  return html`data-kind="${view.kind}" data-amount="${view.amount.amount}" data-currency="${view.amount.currency}" data-reference="${view.reference}" data-path="${view.stayPath ?? view.path}" data-state-key="${view.stateKey}" data-one-moment="${messages.oneMoment}"${poll}${renderFraming(view)}`;
}

/** Before a page that is left for another nobody waits; an app opens beside it, and it has to show how that went. */
function polls(view: CheckoutView): boolean {
  const gone = view.kind === 'redirect' && view.leaving && view.to !== 'app';
  return BEHAVIORS[view.kind].polls && !gone;
}

/** What the page around a frame is told, and whose pages are told at all. */
function renderFraming({ frameOrigins, paymentId, status }: CheckoutView): Html | null {
  if (frameOrigins.length === 0) return null;
  return html` data-frame="${checkoutAssets().frame.path}" data-origins="${frameOrigins.join(' ')}" data-payment-id="${paymentId}" data-status="${status}"`;
}

function renderWorkCard(view: WorkView, messages: Messages): Html {
  return html`${renderSummary(view, messages, messages.amountToPay)}
${renderDeadline(view, messages)}
<section class="state">${renderWork(view, messages)}</section>`;
}

function renderMessageCard(view: MessageView, messages: Messages): Html {
  const { sign, title, text, amountLabel, actions } = messageOf(view, messages);
  return html`<div class="message">
${sign}
<h1>${title}</h1>
<p class="text">${text}</p>
</div>
${renderSummary(view, messages, amountLabel)}
${BEHAVIORS[view.kind].counts && renderDeadline(view, messages)}
<section class="state">${actions}</section>`;
}

function isWork(view: CheckoutView): view is WorkView {
  return view.kind === 'shipping' || view.kind === 'choose' || view.kind === 'qr' || view.kind === 'card';
}
