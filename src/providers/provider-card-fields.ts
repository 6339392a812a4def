/** The part of the contract in provider.ts that the hosted page needs to show a provider's own card fields. */
import type { ProviderCall } from './provider.ts';

/**
 * For a `client` next action: how the gateway's page lets the shopper enter a card into the provider's fields. Card data
 * go from those fields to the provider and touch neither the page nor the gateway.
 */
export interface CardFields<Credentials> {
  /**
   * A browser module in the adapter's folder, served with the page. It exports
   * `mountFields({ secret, places: { number, expiry, code }, color })`, called once the provider's script is there. That
   * puts the fields into the places and resolves to `{ submit({ firstName, lastName }) }` once they can be used; `submit`
   * resolves to the client data of `complete`, or rejects with an error whose `fields` lists the places to be looked at.
   */
  readonly module: URL;
  /** Where everything of the provider's comes from; pure. */
  sources(call: Pick<ProviderCall<Credentials>, 'mode' | 'credentials'>): CardFieldSources;
}

export interface CardFieldSources {
  /** The provider's script, at one of the origins. */
  readonly scriptUrl: string;
  /** Whose scripts, frames and answers the page takes, such as `https://pay.provider.example`; no other page does. */
  readonly origins: readonly string[];
}
