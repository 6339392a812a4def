import { unreachable } from '../../kernel/assert.ts';
import { type Content, type Html, html } from '../../platform/html.ts';
import { renderNote } from './brand-note.ts';
import { renderCode } from './code.ts';
import { declineText } from './decline-text.ts';
import { renderCancel, stateField } from './forms.ts';
import { icon, waitingDots } from './icons.ts';
import { departureUrl, requiredDepartureUrl } from './links.ts';
import type { Messages } from './messages/messages.ts';
import type { EndKind, ViewOf } from './view.ts';

/** The states nothing moves out of. */
type EndView = ViewOf<EndKind>;

/** The states that tell the shopper something: what happened comes first, the amount and the way on below it. */
export type MessageView = ViewOf<'redirect' | 'waiting' | 'unknown' | 'unavailable'> | EndView;

/** Long enough to read the result, short enough that nobody wonders what to do next. */
const LEAVE_AFTER_SECONDS = 5;

interface Message {
  readonly sign: Html;
  readonly title: string;
  /** Says what became of the money wherever that is known. */
  readonly text: string;
  /** Stands above the amount. */
  readonly amountLabel: string;
  readonly actions: Content;
}

/** What a state says and what can be done about it. */
export function messageOf(view: MessageView, messages: Messages): Message {
  switch (view.kind) {
    case 'redirect':
      return { ...redirectMessage(view, messages), amountLabel: messages.amountToPay };
    case 'waiting':
    case 'unknown':
      return { ...pendingMessage(view, messages), amountLabel: messages.amountToPay };
    case 'unavailable':
      return { ...unavailableMessage(view, messages), amountLabel: messages.amountToPay };
    default:
      return {
        ...endMessage(view, messages),
        amountLabel: view.kind === 'succeeded' ? messages.amountPaid : messages.amount,
        actions: html`${renderLeave(view, messages)}${renderNote(view.brand.resultNote)}`,
      };
  }
}

/** Success leaves for the shop without a script as well. */
export function renderLeaveRefresh(view: ViewOf<'succeeded'>): Html | null {
  const href = departureUrl(view.leaveUrl);
  if (href === null || view.before) return null;
  return html`<noscript><meta http-equiv="refresh" content="${LEAVE_AFTER_SECONDS};url=${href}"></noscript>`;
}

function redirectMessage(view: ViewOf<'redirect'>, messages: Messages): Omit<Message, 'amountLabel'> {
  const href = requiredDepartureUrl(view.url);
  const { text, action, codeName } = redirectWords(view, messages);
  return {
    sign: waitingDots(),
    title: messages.redirectTitle,
    text,
    actions: html`<a class="primary" href="${href}"${view.to !== 'page' && html` target="_top"`} rel="noreferrer">${action}</a>
${renderCode(view.code, codeName)}
${renderCancel(view, messages)}`,
  };
}

function redirectWords(view: ViewOf<'redirect'>, messages: Messages) {
  const { redirectText, redirectAction, qrText, openApp, qrAlt } = messages;
  const { ownWindowText, ownWindowAction, ownWindowCode } = messages;
  if (view.to === 'app') return { text: qrText, action: openApp, codeName: qrAlt };
  return view.stays
    ? { text: ownWindowText, action: ownWindowAction, codeName: ownWindowCode }
    : { text: redirectText, action: redirectAction, codeName: ownWindowCode };
}

function pendingMessage(view: ViewOf<'waiting' | 'unknown'>, messages: Messages): Omit<Message, 'amountLabel'> {
  const known = view.kind === 'waiting';
  return {
    sign: waitingDots(),
    title: known ? messages.waitingTitle : messages.unknownTitle,
    text: known ? messages.waitingText : messages.unknownText,
    actions: html`<a class="secondary" href="${view.stayPath ?? view.path}">${messages.checkAgain}</a>`,
  };
}

function unavailableMessage(view: ViewOf<'unavailable'>, messages: Messages): Omit<Message, 'amountLabel'> {
  return {
    sign: icon('pause'),
    title: messages.unavailableTitle,
    text: messages.unavailableText,
    actions: html`<form method="post" action="${view.path}/pay">
${stateField(view)}
<button class="primary" type="submit">${messages.tryAgain}</button>
</form>
${renderCancel(view, messages)}`,
  };
}

function endMessage(view: EndView, messages: Messages): Pick<Message, 'sign' | 'title' | 'text'> {
  switch (view.kind) {
    case 'succeeded':
      return view.before
        ? { sign: icon('good'), title: messages.paidBeforeTitle, text: messages.paidBeforeText }
        : { sign: icon('good'), title: messages.succeededTitle, text: messages.succeededText };
    case 'failed': {
      const why = view.reason === undefined ? '' : `${declineText(view.reason, messages)} `;
      return { sign: icon('bad'), title: messages.failedTitle, text: why + messages.notCharged };
    }
    case 'canceled':
      return { sign: icon('ended'), title: messages.canceledTitle, text: messages.notCharged };
    case 'expired':
      return { sign: icon('ended'), title: messages.expiredTitle, text: messages.expiredText };
    case 'reversed':
      return { sign: icon('undone'), title: messages.reversedTitle, text: messages.reversedText };
    default:
      return unreachable(view);
  }
}

/**
 * The way back to the shop. Success leaves by itself: by the script where there is one, since a refresh could not be
 * stopped by somebody still reading (https://www.w3.org/TR/WCAG22/#timing-adjustable), else by `renderLeaveRefresh`.
 */
function renderLeave(view: EndView, messages: Messages): Content {
  const href = departureUrl(view.leaveUrl);
  if (href === null) return null;
  const automatic = view.kind === 'succeeded' && !view.before;
  const after = automatic && html` data-leave-after="${LEAVE_AFTER_SECONDS}"`;
  return html`<a class="primary" href="${href}" target="_top" rel="noreferrer"${after}>${messages.backTo(view.brand.name)}</a>
${automatic && html`<p class="leaving">${messages.leavingSoon(view.brand.name)}</p>`}`;
}
