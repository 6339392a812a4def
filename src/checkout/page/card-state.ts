import { type Html, html } from '../../platform/html.ts';
import { renderNote } from './brand-note.ts';
import { renderCancel } from './forms.ts';
import type { Messages } from './messages/messages.ts';
import { amountText } from './summary.ts';
import type { ViewOf } from './view.ts';

/**
 * The form around a provider's card fields, which the page's script shows: without one it could do nothing. The places
 * stay empty until the provider's script fills them with frames of its own; the names are the shopper's only entry that
 * this page sees.
 */
export function renderCard(view: ViewOf<'card'>, messages: Messages): Html {
  const { card } = messages;
  return html`<h1>${card.title}</h1>
<noscript><p class="notice">${card.needsScript}</p></noscript>
<form class="card-form" data-module="${view.modulePath}" data-script="${view.scriptUrl}" data-secret="${view.secret}" data-complete="${view.completePath}" data-check="${card.check}" data-failed="${card.failed}" hidden>
<p class="text">${card.text}</p>
<p class="notice" role="alert"${view.notice === null && html` hidden`}>${view.notice !== null && messages.unavailableText}</p>
<div class="pair">
${renderName('firstName', card.firstName, 'cc-given-name')}
${renderName('lastName', card.lastName, 'cc-family-name')}
</div>
${renderPlace('number', card.number)}
<div class="pair">
${renderPlace('expiry', card.expiry)}
${renderPlace('code', card.code)}
</div>
<button class="primary" type="submit" aria-disabled="true">${messages.pay(amountText(view.amount, view.locale))}</button>
${renderNote(view.brand.payNote)}
</form>
${renderCancel(view, messages)}`;
}

function renderName(name: string, label: string, autocomplete: string): Html {
  return html`<label class="entry">${label}
<input name="${name}" autocomplete="${autocomplete}" maxlength="100" required></label>`;
}

function renderPlace(place: string, label: string): Html {
  return html`<div class="entry" role="group" aria-label="${label}"><span aria-hidden="true">${label}</span>
<div class="place" data-place="${place}"></div></div>`;
}
