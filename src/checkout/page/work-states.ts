import { type Html, html } from '../../platform/html.ts';
import { renderAddress, renderDelivery } from './address-state.ts';
import { renderNote } from './brand-note.ts';
import { renderCard } from './card-state.ts';
import { renderCode } from './code.ts';
import { declineText } from './decline-text.ts';
import { renderCancel, stateField } from './forms.ts';
import { waitingDots } from './icons.ts';
import { departureUrl } from './links.ts';
import type { Messages } from './messages/messages.ts';
import { amountText } from './summary.ts';
import type { PaymentMethodChoice, ViewOf } from './view.ts';

/** The states in which the shopper has something to do here; the amount comes first, the work below it. */
export type WorkView = ViewOf<'shipping' | 'choose' | 'qr' | 'card'>;

/** The heading of the work. */
export function workTitle(view: WorkView, messages: Messages): string {
  if (view.kind === 'shipping') return messages.address.title;
  if (view.kind === 'qr') return messages.qrTitle;
  if (view.kind === 'card') return messages.card.title;
  return view.methods.length > 1 ? messages.chooseTitle : messages.confirmTitle;
}

/** What the shopper does: say where it goes, choose and pay, scan, or enter a card. */
export function renderWork(view: WorkView, messages: Messages): Html {
  switch (view.kind) {
    case 'shipping':
      return renderAddress(view, messages);
    case 'choose':
      return renderChoose(view, messages);
    case 'qr':
      return renderQr(view, messages);
    case 'card':
      return renderCard(view, messages);
  }
}

function renderChoose(view: ViewOf<'choose'>, messages: Messages): Html {
  return html`${view.notice !== null && renderDecline(view.notice, view, messages)}
${renderDelivery(view, messages)}
<form method="post" action="${view.path}/pay">
${stateField(view)}
<h1 id="title">${workTitle(view, messages)}</h1>
${renderMethods(view.methods)}
<button class="primary" type="submit">${messages.pay(amountText(view.amount, view.locale))}</button>
${renderNote(view.brand.payNote)}
</form>
${renderCancel(view, messages)}`;
}

function renderDecline(
  { reason, triesLeft }: NonNullable<ViewOf<'choose'>['notice']>,
  { locale }: ViewOf<'choose'>,
  messages: Messages,
): Html {
  return html`<div class="notice" role="alert">
<p><strong>${messages.declinedTitle}</strong></p>
<p>${declineText(reason, messages)} ${messages.notCharged}</p>
<p>${messages.declinedNext}</p>
<p>${messages.triesLeft(triesLeft.toLocaleString(locale.tag))}</p>
</div>`;
}

/** One choice is no choice: then only its hint is shown, and the button. */
function renderMethods(methods: ViewOf<'choose'>['methods']): Html {
  if (methods.length > 1) {
    const options = methods.map((method, index) => renderOption(method, index === 0));
    return html`<div class="methods" role="radiogroup" aria-labelledby="title">${options}</div>`;
  }
  const [{ id, hint }] = methods;
  return html`${hint !== undefined && html`<p class="text"><bdi>${hint}</bdi></p>`}
<input type="hidden" name="method" value="${id}">`;
}

function renderOption({ id, label, hint }: PaymentMethodChoice, chosen: boolean): Html {
  return html`<label class="method">
<input type="radio" name="method" value="${id}" required${chosen && html` checked`}>
<span class="words"><bdi>${label}</bdi>${hint !== undefined && html`<small><bdi>${hint}</bdi></small>`}</span>
</label>`;
}

function renderQr(view: ViewOf<'qr'>, messages: Messages): Html {
  const deepLink = departureUrl(view.deepLink);
  return html`<h1>${messages.qrTitle}</h1>
<p class="text">${messages.qrText}</p>
${renderCode(view.svg, messages.qrAlt)}
<p class="text awaited">${waitingDots()} ${messages.qrWaiting}</p>
${deepLink !== null && html`<a class="primary" href="${deepLink}" rel="noreferrer">${messages.openApp}</a>`}
${view.svg !== null && html`<a class="secondary" href="${view.picturePath}" download>${messages.savePicture}</a>`}
<button class="secondary" type="button" data-copy="${view.payload}" data-copied="${messages.copied}" hidden>${messages.copyCode}</button>
${renderCancel(view, messages)}`;
}
