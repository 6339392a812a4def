import { type AddressParts, addressFormatOf, linesOf } from '../payments/address-format.ts';
import type { PaymentContext } from '../payments/context.ts';
import type { Payment } from '../payments/payment.ts';
import { openAddress } from '../payments/sealed-address.ts';
import {
  ADDRESS_CHARACTERS_MAX,
  type BrokenAddressRule,
  brokenAddressRules,
  type ShippingAddress,
  tidyAddress,
} from '../payments/shipping-address.ts';
import { countryName, likelyCountry } from './page/countries.ts';
import type { AddressEntry } from './page/view.ts';

/** A form as it came from the page. */
export interface AddressForm {
  /** With the parts that the form's country has, and no others. */
  readonly address: AddressParts;
  /** `country`: only to be shown with the fields of another country. */
  readonly act: 'save' | 'country';
}

/** Where the question of the address stands for a page; null where it is none. */
export type ShippingStep =
  | {
      readonly step: 'ask';
      readonly country: { readonly code: string; readonly broken: boolean };
      readonly entries: readonly AddressEntry[];
    }
  | { readonly step: 'given'; readonly lines: readonly string[] }
  | null;

/** A page is one more time asked for the address where the shopper wants to change it, or what they gave is not good. */
export interface AskedAgain {
  readonly form: AddressParts | null;
  readonly broken: readonly BrokenAddressRule[];
}

/** The step of a payment's page. `again`: left out where the page is just looked at. */
export async function readShippingStep(
  { sealer }: Pick<PaymentContext, 'sealer'>,
  payment: Payment,
  tag: string,
  again?: AskedAgain,
): Promise<ShippingStep> {
  if (!payment.requestShipping || payment.status !== 'created') return null;
  const given = await openAddress(sealer, payment);
  if (given !== null && again === undefined) {
    return { step: 'given', lines: [...linesOf(given), countryName(given.country, tag)] };
  }
  return askFor(again?.form ?? given ?? { country: likelyCountry(tag) }, again?.broken ?? []);
}

function askFor(shown: AddressParts, broken: readonly BrokenAddressRule[]): ShippingStep {
  const rules = new Map(broken.map(({ field, rule }) => [field, rule]));
  const code = shown.country;
  const { fields, postalCodeExample } = addressFormatOf(code);
  const entries = fields.map(({ field, required }): AddressEntry => {
    return {
      ...{ field, required, value: shown[field] ?? '', charactersMax: ADDRESS_CHARACTERS_MAX[field] },
      broken: rules.get(field) ?? null,
      ...(field === 'postalCode' && postalCodeExample !== null ? { example: postalCodeExample } : {}),
    };
  });
  return { step: 'ask', country: { code, broken: rules.has('country') }, entries };
}

/** What a browser sent, without what its country's form does not have. */
export function readAddressForm(form: URLSearchParams): AddressForm {
  const country = form.get('country') ?? '';
  const parts = addressFormatOf(country).fields.map(({ field }) => [field, form.get(field) ?? '']);
  const wantsOther = form.get('act') === 'country' && form.get('shown') !== country;
  return { address: tidyAddress({ ...Object.fromEntries(parts), country }), act: wantsOther ? 'country' : 'save' };
}

/** The address where it keeps every rule, else the rules that it breaks. */
export function judgeAddress(
  given: AddressParts,
):
  | { readonly ok: true; readonly address: ShippingAddress }
  | { readonly ok: false; readonly broken: readonly BrokenAddressRule[] } {
  const broken = brokenAddressRules(given);
  return broken.length === 0 ? { ok: true, address: given as ShippingAddress } : { ok: false, broken };
}
