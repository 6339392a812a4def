import { type Html, html } from '../../platform/html.ts';
import { isLanguage, type Language } from '../../tenants/languages.ts';
import { localeOf } from './locale.ts';
import type { Messages } from './messages/messages.ts';
import type { CheckoutView } from './view.ts';

/** The parameter of addresses and the field of forms by which a chosen language is kept: the page stores nothing. */
const NAME = 'lang';
/** The same at the address to which banks lead back, which add parameters of their own, and some sign them all. */
const NAME_ON_RETURN = 'tollgate-lang';

/** The language that an address of the page asks for, where it is one of those offered. */
export function chosenLanguage(url: string, offered: readonly Language[]): Language | null {
  const [path = '', query = ''] = url.split('?', 2);
  const language = new URLSearchParams(query).get(nameAt(path)) ?? '';
  return isLanguage(language) && offered.includes(language) ? language : null;
}

/** An address of the page's so that it keeps the language of a form; as it is where none was chosen. */
export function inLanguageOf(form: URLSearchParams, path: string): string {
  const language = form.get(NAME) ?? '';
  return isLanguage(language) ? inLanguage(language, path) : path;
}

/** An address to which a bank led back, with the bank's own parameters alone, each as it came. */
export function withoutLanguage(url: string): string {
  const [path = '', query = ''] = url.split('?', 2);
  const others = query.split('&').filter((pair) => pair !== '' && !pair.startsWith(`${NAME_ON_RETURN}=`));
  return others.length === 0 ? path : `${path}?${others.join('&')}`;
}

/** For forms: the language goes on with what they post. */
export function languageField({ locale }: CheckoutView): Html | false {
  return locale.chosen === true && html`<input type="hidden" name="${NAME}" value="${locale.language}">`;
}

/** The view of a page that also reloads itself in the language that was chosen on it. */
export function keepLanguage<View extends CheckoutView>(view: View): View {
  const { locale, stayPath = view.path } = view;
  return locale.chosen === true ? { ...view, stayPath: inLanguage(locale.language, stayPath) } : view;
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
  return html`<li><a href="${inLanguage(language, address)}" lang="${tag}" dir="${dir}" hreflang="${tag}" rel="nofollow">${ownName(language)}</a></li>`;
}

function inLanguage(language: Language, path: string): string {
  return `${path}?${nameAt(path)}=${language}`;
}

function nameAt(path: string): string {
  return path.endsWith('/return') ? NAME_ON_RETURN : NAME;
}

/** As its speakers write it, with a capital letter, as it stands alone. */
function ownName(language: Language): string {
  const name = new Intl.DisplayNames([language], { type: 'language' }).of(language) ?? language;
  return name.charAt(0).toLocaleUpperCase(language) + name.slice(1);
}
