import { setTimeout as pause } from 'node:timers/promises';
import { present } from '../../src/kernel/assert.ts';
import type { Capabilities } from '../../src/providers/provider-capabilities.ts';
import type { RegisteredProvider } from '../../src/providers/registry.ts';
import type { Answer } from '../support/api-client.ts';
import type { Installation } from '../support/installation.ts';
import type { Merchant } from '../support/merchant.ts';
import type { PanelPerson } from '../support/panel-person.ts';
import type { SandboxLine } from '../support/sandbox-line.ts';

/** What a scenario may use. */
export interface Stage {
  readonly tollgate: Installation;
  readonly shop: Merchant;
  /** The shop, with what keys are given by name alone as well. */
  readonly admin: Merchant;
  readonly operator: Merchant;
  readonly anyone: Merchant;
  readonly line: SandboxLine;
  /** Somebody who runs the installation and has just proven their second factor. */
  readonly owner: PanelPerson;
  /** A second tenant whose only provider account is disabled; it has one open payment from before. */
  readonly stranded: { readonly shop: Merchant; readonly paymentId: string; readonly checkoutToken: string };
  /** A delivery of an endpoint that was deleted afterwards. */
  readonly orphanedDeliveryId: string;
}

export type Scenario = (stage: Stage) => Promise<Answer>;

/** The sandbox can do everything; for the length of an act it cannot. */
export async function without(
  { tollgate }: Stage,
  lacking: Partial<Capabilities>,
  act: () => Promise<Answer>,
): Promise<Answer> {
  const registry = tollgate.tollgate.gateway.payments.registry as Map<string, RegisteredProvider>;
  const whole = present(registry.get('sandbox'), 'the sandbox');
  const capabilities = { ...whole.provider.capabilities, ...lacking };
  registry.set('sandbox', { ...whole, provider: { ...whole.provider, capabilities } });
  try {
    return await act();
  } finally {
    registry.set('sandbox', whole);
  }
}

/** The acquirer's books are closed a second after each capture. */
export async function withCutOffPassed(
  { tollgate, shop }: Stage,
  act: (paymentId: string) => Promise<Answer>,
): Promise<Answer> {
  const { database, tenant } = tollgate;
  const { id } = await shop.pay();
  const setCutOff = (seconds: number) =>
    database.run(
      `update provider_accounts set reversal_cut_off = jsonb_build_object('afterSeconds', $2::int) where tenant_id = $1`,
      [tenant.tenant.tenantId, seconds],
    );
  await setCutOff(1);
  await pause(1_100);
  const answer = await act(id);
  await setCutOff(86_400);
  return answer;
}
