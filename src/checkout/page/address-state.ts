import type { AddressRule } from '../../payments/shipping-address.ts';
import { type Content, type Html, html } from '../../platform/html.ts';
import { countryChoices } from './countries.ts';
import { renderCancel, stateField } from './forms.ts';
import type { Messages } from './messages/messages.ts';
import type { AddressEntry, ViewOf } from './view.ts';

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

/**
 * Where the order goes: a form that needs no script. Another country is shown by sending the form, which keeps what was
 * entered. The Enter key presses the first button, also in a field: `shown` tells whether there is another country at all.
 */
export function renderAddress(view: ViewOf<'shipping'>, messages: Messages): Html {
  const words = messages.address;
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

function renderCountry({ country, locale }: ViewOf<'shipping'>, words: Messages['address']): Html {
  const options = countryChoices(locale.tag).map(
    ({ code, name }) => html`<option value="${code}"${code === country.code && html` selected`}>${name}</option>`,
  );
  return renderField('country', words.country, country.broken ? words.rules.country : null, (marks) => {
    return html`<select name="country" autocomplete="shipping country" required${marks}>${options}</select>`;
  });
}

function renderEntry(
  { field, value, required, broken, charactersMax, example }: AddressEntry,
  words: Messages['address'],
): Html {
  const label = words.fields[field];
  const shown = required ? label : words.optional(label);
  const rule = broken === null ? null : ruleText(broken, example ?? '', words);
  const type = field === 'phone' ? 'tel' : 'text';
  return renderField(field, shown, rule, (marks) => {
    return html`<input name="${field}" type="${type}" dir="auto" autocomplete="${AUTOCOMPLETE[field]}" maxlength="${charactersMax}" value="${value}"${required && html` required`}${marks}>`;
  });
}

function ruleText(broken: AddressRule, example: string, { rules }: Messages['address']): string {
  return broken === 'postal_code' ? rules.postal_code(example) : rules[broken];
}

/** The rule that is broken stands beside its field, and is read out with it. */
function renderField(name: string, label: string, rule: string | null, control: (marks: Content) => Html): Html {
  const marks = rule !== null && html` aria-invalid="true" aria-describedby="broken-${name}"`;
  return html`<div><label class="entry">${label}
${control(marks)}</label>
${rule !== null && html`<p class="broken" id="broken-${name}">${rule}</p>`}</div>`;
}

/** Where the order goes, once it was said, and the way to change it. */
export function renderDelivery(view: ViewOf<'choose'>, { address: words }: Messages): Html | null {
  if (view.delivery === undefined) return null;
  return html`<div class="delivery">
<p class="amount-label">${words.deliverTo}</p>
<address>${view.delivery.map((line) => html`<bdi>${line}</bdi><br>`)}</address>
<a href="${view.path}/shipping">${words.change}</a>
</div>`;
}
