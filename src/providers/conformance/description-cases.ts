/** A: what an adapter says of itself, and its credentials. */
import { z } from 'zod';
import type { PaymentProvider, ProviderCall } from '../provider.ts';
import type { Capabilities } from '../provider-capabilities.ts';
import type { ConformanceCase } from './case.ts';
import { check, checkKind, checkSame, textOf } from './checks.ts';
import type { LineFault } from './line.ts';
import { PATIENT_MS, type Stage } from './stage.ts';

const GROUP = 'description';

/** What each capability promises. */
const METHODS: Readonly<Partial<Record<keyof Capabilities, keyof PaymentProvider>>> = {
  capture: 'capture',
  release: 'release',
  refund: 'refund',
  reversal: 'reverse',
  evidence: 'submitEvidence',
  cancel: 'cancel',
  complete: 'complete',
  settlement: 'listSettlement',
};

/** A card number that no card has, but that looks like one to whoever searches for them. */
const CARD = '4263982640269299';

export const DESCRIPTION_CASES: readonly ConformanceCase[] = [
  {
    id: 1,
    group: GROUP,
    title: 'Name and capabilities are data that nobody can change',
    requirements: ['S0.1'],
    needs: [],
    steps: async (world) => {
      const { provider } = await world.open();
      const { id, displayName, capabilities } = provider;
      check(/^[a-z][a-z0-9-]{1,39}$/.test(id) && displayName.trim() !== '', 'the names are not usable');
      checkSame(JSON.parse(JSON.stringify(capabilities)), capabilities, 'the capabilities after a journey as JSON');
      const parts = [capabilities, ...Object.values(capabilities).filter((each) => typeof each === 'object')];
      check(parts.every(Object.isFrozen), 'somebody can change the capabilities of everybody');
    },
  },
  {
    id: 2,
    group: GROUP,
    title: 'Every capability has its method, and every method its capability',
    requirements: ['S0.1'],
    needs: [],
    steps: async (world) => {
      const { provider } = await world.open();
      for (const [capability, method] of Object.entries(METHODS)) {
        const promised = Boolean(provider.capabilities[capability as keyof Capabilities]);
        check(promised === (provider[method] !== undefined), `${capability} is ${promised} and ${method} is not so`);
      }
    },
  },
  {
    id: 3,
    group: GROUP,
    title: 'Credentials come through their own schema as they are, and unknown fields are refused',
    requirements: ['S0.37', 'S0.40'],
    needs: [],
    steps: async (world) => {
      const { provider, credentials } = await world.open();
      checkSame(provider.credentials.parse(credentials), credentials, 'the credentials after parsing');
      const more = { ...(credentials as object), favoriteColor: 'blue' };
      check(!provider.credentials.safeParse(more).success, 'a field that nobody knows is taken');
      z.toJSONSchema(provider.credentials, { io: 'input', unrepresentable: 'any' });
    },
  },
  {
    id: 4,
    group: GROUP,
    title: 'A missing field is refused by its name',
    requirements: ['S0.40'],
    needs: [],
    steps: async (world) => {
      const { provider, credentials } = await world.open();
      const refused = Object.keys(credentials as object).filter((field) => {
        const { [field]: _, ...rest } = credentials as Record<string, unknown>;
        const parsed = provider.credentials.safeParse(rest);
        if (parsed.success) return false;
        const said = parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('; ');
        check(said.includes(field), `without ${field} it says only: ${said}`);
        return true;
      });
      check(refused.length > 0, 'nothing is required');
    },
  },
  {
    id: 5,
    group: GROUP,
    title: 'Secrets and card numbers are in no answer, whatever the provider quotes',
    requirements: ['S0.37', 'S2.7'],
    needs: [],
    steps: async (world) => {
      const stage = await world.open();
      const { double, line } = stage;
      const outcomes: unknown[] = [];
      for (const status of [200, 400, 401, 402, 403, 404, 409, 422, 500]) {
        const sentence = `${double.secrets.join(' ')} ${CARD}`;
        line.spoil(() => true, quoting(status, sentence));
        outcomes.push(await stage.create(stage.input()));
        line.spoil(() => true, quoting(status, sentence));
        outcomes.push(await stage.provider.checkCredentials(stage.call()));
        line.spoil(() => true, quoting(status, sentence));
        outcomes.push(await stage.retrieve({ ref: { attemptId: stage.input().attemptId, providerRef: 'unknown' } }));
      }
      line.mend();
      const { webhook, event } = await stage.paidMessage();
      const forged = double.withSignature(webhook, double.secrets.join(''));
      outcomes.push(event, await stage.parse(forged), await stage.ask(await stage.paid()));
      for (const said of outcomes.map(textOf)) {
        const leaked = [...double.secrets, CARD].filter((secret) => said.includes(secret));
        check(leaked.length === 0, `an answer holds what nobody may see: ${masked(said, leaked)}`);
      }
    },
  },
  {
    id: 6,
    group: GROUP,
    title: 'Good credentials are accepted, wrong ones refused, and an absent host is neither',
    requirements: ['S0.40'],
    needs: [],
    steps: async (world) => {
      const stage = await world.open();
      const { double, line, provider } = stage;
      await stage.paid();
      const before = stage.movements().length;
      checkKind(await provider.checkCredentials(stage.call()), 'accepted', 'good credentials');
      const wrong = { credentials: double.wrongCredentials(line.url) };
      const tried = await provider.checkCredentials(stage.call(wrong));
      // Never accepted; said to be wrong wherever the provider says so itself.
      checkKind(tried, stage.traits.deniesKeys ? 'refused' : ['refused', 'unknown'], 'wrong credentials');
      const absent = await callToNobody(stage);
      checkKind(await absent.provider.checkCredentials(absent.call), ['not_sent', 'unknown'], 'an absent host');
      checkSame(stage.movements().length, before, 'requests that moved something');
    },
  },
  {
    id: 7,
    group: GROUP,
    title: 'The mode selects the host, and an account of the other mode is refused before anything is sent',
    requirements: ['S2.14', 'S0.23'],
    needs: [],
    steps: async (world) => {
      const stage = await world.open();
      const { double, line, provider } = stage;
      checkKind(await provider.create(stage.call({ mode: 'live' }), stage.input()), 'refused', 'a test account, live');
      check(line.seen.length === 0, 'a test account was used in live mode');
      const { hosts } = double;
      if (hosts === undefined) return;
      for (const mode of ['test', 'live'] as const) {
        // Names are kept for a while, so that each mode looks its own up.
        const other = await world.open();
        const call = other.call({ mode, credentials: hosts.credentials(mode) });
        checkKind(await provider.create(call, stage.input()), 'not_sent', `${mode} mode without a way out`);
        checkSame(other.names, [hosts[mode]], `the host of ${mode} mode`);
      }
      const crossed = stage.call({ mode: 'live', credentials: stage.credentials });
      checkKind(await provider.checkCredentials(crossed), 'refused', 'an address of its own, live');
    },
  },
  {
    id: 8,
    group: GROUP,
    title: 'Every request goes to the address of the account and nowhere else',
    requirements: ['S0.14'],
    needs: [],
    steps: async (world) => {
      const stage = await world.open();
      const { capabilities, names, provider, double } = stage;
      const begun = await stage.paid();
      await provider.checkCredentials(stage.call());
      if (capabilities.refund) await stage.refund(stage.refundInput(begun));
      if (capabilities.settlement) {
        const to = double.clock.now();
        await provider.listSettlement?.(stage.call(), { from: to.subtract({ hours: 1 }), to });
      }
      await provider.cancel?.(stage.call(), (await stage.begin()).ref);
      await stage.told();
      checkSame(names, [], 'names that were looked up');
    },
  },
];

/** A report of the suite holds no secrets either. */
function masked(said: string, leaked: readonly string[]): string {
  return leaked.reduce((text, secret) => text.replaceAll(secret, '[secret]'), said);
}

/** An answer that quotes what was sent, in every form in which a provider might. */
function quoting(status: number, sentence: string): LineFault {
  const error = { type: 'invalid_request_error', code: 'quoted', message: sentence, errorName: sentence };
  const body = { error, code: 'validation_failed', message: [{ errorName: 'QUOTED', code: 1, description: sentence }] };
  const headers = { 'content-type': 'application/json' };
  return { kind: 'answer', executed: false, status, headers, body: JSON.stringify({ ...body, detail: sentence }) };
}

/** The same account at an address where nobody listens. */
export async function callToNobody(
  stage: Stage,
): Promise<{ readonly provider: PaymentProvider; readonly call: ProviderCall<unknown> }> {
  const { provider, credentials } = stage.double.accountAt('http://127.0.0.1:9', PATIENT_MS);
  return { provider, call: stage.call({ credentials }) };
}
