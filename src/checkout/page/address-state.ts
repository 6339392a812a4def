import { type Content, type Html, html } from '../../platform/html.ts';
import { type AddressMessages, addressMessagesOf } from './address-messages.ts';
import { countryChoices } from './countries.ts';
import { renderCancel, stateField } from './forms.ts';
import type { Messages } from './messages/messages.ts';
import type { AddressEntry, CheckoutView, ViewOf } from './view.ts';

/** What browsers fill in by themselves. https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#autofill */
const AUTOCOMPLETE: Readonly<Record<AddressEntry['field'], string>> = {
  name: 'shipping name',
  organization: 'shipping organization',
  line1: 'shipping address-line1',
  line2: 'shipping address-line2',
  district: 'shipping address-level3',
  city: 'shipping address-level2',
  region: 'shipping address-level1',
  postalCode: 'shipping postal-code',
  phone: 'shipping tel',
};

/** The heading of the form. */
export function addressTitle(view: CheckoutView): string {
  return addressMessagesOf(view.locale.language).title;
}

/**
 * Where the order goes: a form that needs no script. Another country is shown by sending the form, which keeps what was
 * entered. The Enter key presses the first button, also in a field: `shown` tells whether there is another country at all.
 */
export function renderAddress(view: ViewOf<'shipping'>, messages: Messages): Html {
  const words = addressMessagesOf(view.locale.language);
  const isBroken = view.country.broken || view.entries.some(({ broken }) => broken !== null);
  return html`<form class="address-form" method="post" action="${view.path}/shipping">
${stateField(view)}
<h1>${words.title}</h1>
<p class="text">${words.text}</p>
${isBroken && html`<p class="notice" role="alert">${words.check}</p>`}
<input type="hidden" name="shown" value="${view.country.code}">
${renderCountry(view, words)}
<button class="secondary" type="submit" name="act" value="country" formnovalidate>${words.update}</button>
${view.entries.map((entry) => renderEntry(entry, words))}
<button class="primary" type="submit" name="act" value="save">${words.save}</button>
</form>
${renderCancel(view, messages)}`;
}

function renderCountry({ country, locale }: ViewOf<'shipping'>, words: AddressMessages): Html {
  const options = countryChoices(locale.tag).map(
    ({ code, name }) => html`<option value="${code}"${code === country.code && html` selected`}>${name}</option>`,
  );
  return renderField('country', words.country, country.broken ? words.rules.country : null, (marks) => {
    return html`<select name="country" autocomplete="shipping country" required${marks}>${options}</select>`;
  });
}

function renderEntry(
  { field, value, required, broken, charactersMax, example }: AddressEntry,
  words: AddressMessages,
): Html {
  const label = words.fields[field];
  const shown = required ? label : words.optional.replace('{label}', () => label);
  const rule = broken === null ? null : words.rules[broken].replace('{example}', () => example ?? '');
  const type = field === 'phone' ? 'tel' : 'text';
  return renderField(field, shown, rule, (marks) => {
    return html`<input name="${field}" type="${type}" dir="auto" autocomplete="${AUTOCOMPLETE[field]}" maxlength="${charactersMax}" value="${value}"${required && html` required`}${marks}>`;
  });
}

/** The rule that is broken stands beside its field, and is read out with it. */
function renderField(name: string, label: string, rule: string | null, control: (marks: Content) => Html): Html {
  const marks = rule !== null && html` aria-invalid="true" aria-describedby="broken-${name}"`;
  return html`<div><label class="entry">${label}
${control(marks)}</label>
${rule !== null && html`<p class="broken" id="broken-${name}">${rule}</p>`}</div>`;
}

/** Where the order goes, once it was said, and the way to change it. */
export function renderDelivery(view: ViewOf<'choose'>): Html | null {
  if (view.delivery === undefined) return null;
  const words = addressMessagesOf(view.locale.language);
  return html`<div class="delivery">
<p class="amount-label">${words.deliverTo}</p>
<address>${view.delivery.map((line) => html`<bdi>${line}</bdi><br>`)}</address>
<a href="${view.path}/shipping">${words.change}</a>
</div>`;
}
