/** A merchant of the simulated partner and the keys the two share. */
export interface SimulatedMerchant {
  readonly wire: 'bluecom' | 'neopay';
  readonly merchantCode: string;
  /** The first signs; two while keys are changed. Empty where the merchant signs with RSA. */
  readonly secretKeys: readonly string[];
  /** PEM: the merchant's public key, and the partner's own private one. */
  readonly rsa?: { readonly merchantPublicKey: string; readonly partnerPrivateKey: string };
  /** Where notifications go; only for a wire whose requests do not say it. */
  readonly ipnUrl?: string;
}
