import { type Html, html } from '../../platform/html.ts';
import { languageField } from './language-switch.ts';
import type { Messages } from './messages/messages.ts';
import type { CheckoutView } from './view.ts';

/**
 * Lets the server see that a form was filled in against a state that is gone, such as by a second click; and in which
 * language the shopper wants to go on.
 */
export function stateField(view: CheckoutView): Html {
  return html`<input type="hidden" name="state" value="${view.stateKey}">${languageField(view)}`;
}

/** The way out for a shopper who does not want to pay. */
export function renderCancel(view: CheckoutView, messages: Messages): Html {
  return html`<form method="post" action="${view.path}/cancel">
${stateField(view)}
<button class="quiet" type="submit">${messages.cancel}</button>
</form>`;
}
