import { type Html, html } from '../../platform/html.ts';
import { isLanguage, type Language } from '../../tenants/languages.ts';
import { localeOf } from './locale.ts';
import type { Messages } from './messages/messages.ts';
import type { CheckoutView } from './view.ts';

/** The parameter of addresses and the field of forms by which a chosen language is kept: the page stores nothing. */
const NAME = 'lang';

/** The language that an address or a form asks for, where it is one of those offered. */
export function chosenLanguage(asked: URLSearchParams, offered: readonly Language[]): Language | null {
  const language = asked.get(NAME) ?? '';
  return isLanguage(language) && offered.includes(language) ? language : null;
}

/** What an address of the page ends with so that the language of a form is kept; empty where none was chosen. */
export function languageQuery(form: URLSearchParams): string {
  const language = form.get(NAME) ?? '';
  return isLanguage(language) ? `?${NAME}=${language}` : '';
}

/** For forms: the language goes on with what they post. */
export function languageField({ locale }: CheckoutView): Html | false {
  return locale.chosen === true && html`<input type="hidden" name="${NAME}" value="${locale.language}">`;
}

/** The view of a page that also reloads itself in the language that was chosen on it. */
export function keepLanguage<View extends CheckoutView>(view: View): View {
  const { locale, stayPath = view.path } = view;
  return locale.chosen === true ? { ...view, stayPath: `${stayPath}?${NAME}=${locale.language}` } : view;
}

/** The other languages of this page, each under its own name: links, so that it works without a script. */
export function renderLanguageSwitch(view: CheckoutView, messages: Messages): Html | null {
  const { languages = [] } = view.brand;
  if (languages.length < 2) return null;
  const [address = view.path] = (view.stayPath ?? view.path).split('?', 1);
  const { language: current } = view.locale;
  const others = languages.filter((language) => language !== current);
  return html`<details class="languages"><summary><span class="unseen">${messages.language}: </span>${ownName(current)}</summary>
<ul>${others.map((language) => renderLink(address, language))}</ul></details>`;
}

function renderLink(address: string, language: Language): Html {
  const { tag, dir } = localeOf(language);
  return html`<li><a href="${address}?${NAME}=${language}" lang="${tag}" dir="${dir}" hreflang="${tag}" rel="nofollow">${ownName(language)}</a></li>`;
}

/** As its speakers write it, with a capital letter, as it stands alone. */
function ownName(language: Language): string {
  const name = new Intl.DisplayNames([language], { type: 'language' }).of(language) ?? language;
  return name.charAt(0).toLocaleUpperCase(language) + name.slice(1);
}
