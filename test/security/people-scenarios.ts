import type { ProblemCode } from '../../src/kernel/problem.ts';
import type { Answer } from '../support/api-client.ts';
import { PanelBrowser } from '../support/panel-browser.ts';
import { acceptAs, authenticatorApp, PASSWORD, tokenOf } from '../support/panel-person.ts';
import { VirtualAuthenticator } from '../support/virtual-authenticator.ts';
import type { Scenario, Stage } from './refusal-stage.ts';

const NO_PASSKEY = { id: 'AAAA', response: { clientDataJSON: 'e30' } };
const NEW_PASSWORD = 'a quite different one';

/** A panel at an IP address, for which browsers make no passkeys; for the length of an act. */
async function atAddress({ tollgate }: Stage, act: () => Promise<Answer>): Promise<Answer> {
  const panel = tollgate.tollgate.gateway.people.panel as { passkeyName: string | null };
  const name = panel.passkeyName;
  panel.passkeyName = null;
  try {
    return await act();
  } finally {
    panel.passkeyName = name;
  }
}

/** Something about the owner is not known for the length of an act. */
async function lacking(
  { tollgate: { database }, owner }: Stage,
  [table, column]: readonly ['users' | 'sessions', string],
  act: () => Promise<Answer>,
): Promise<Answer> {
  const [row] = await database.run<{ kept: unknown }>(
    `select ${column} as kept from ${table} where user_id = $1 and ${column} is not null`,
    [owner.userId],
  );
  const set = (value: unknown) =>
    database.run(`update ${table} set ${column} = $2 where user_id = $1`, [owner.userId, value]);
  await set(null);
  try {
    return await act();
  } finally {
    await set(row?.kept);
  }
}

/** The second factor was proven too long ago. */
function stale(stage: Stage, act: () => Promise<Answer>): Promise<Answer> {
  return lacking(stage, ['sessions', 'second_factor_at'], act);
}

/** There is no authenticator app. */
function withoutApp(stage: Stage, act: () => Promise<Answer>): Promise<Answer> {
  return lacking(stage, ['users', 'totp_sealed'], act);
}

async function invited({ owner }: Stage, email: string): Promise<string> {
  const { body } = await owner.browser.send('POST', '/operator/invitations', { body: { email, role: 'auditor' } });
  return tokenOf(body.url);
}

const accept = ({ tollgate }: Stage, body: object) =>
  new PanelBrowser(tollgate.apiUrl).send('POST', '/session/link/accept', { body: { name: 'Somebody', ...body } });

const staleWhen = (method: 'POST' | 'DELETE', path: string, body?: unknown): Scenario => {
  const options = body === undefined ? {} : { body };
  return (stage) => stale(stage, () => stage.owner.browser.send(method, path, options));
};

/** A device that has made a passkey, and the request that adds it. */
async function madePasskey({ owner, tollgate }: Stage, device?: VirtualAuthenticator) {
  const made = device ?? new VirtualAuthenticator(tollgate.tollgate.gateway.people.panel.origin);
  const { body } = await owner.browser.send('POST', '/me/passkeys/options');
  const passkey = made.create(body);
  return { device: made, add: () => owner.browser.send('POST', '/me/passkeys', { body: { label: 'Key', passkey } }) };
}

async function removeLastPasskey(stage: Stage): Promise<Answer> {
  const { owner } = stage;
  for (const { id } of (await owner.browser.send('GET', '/me/passkeys')).body.data) {
    await owner.browser.send('DELETE', `/me/passkeys/${id}`);
  }
  await (await madePasskey(stage)).add();
  const [last] = (await owner.browser.send('GET', '/me/passkeys')).body.data;
  const answer = await withoutApp(stage, () => owner.browser.send('DELETE', `/me/passkeys/${last.id}`));
  await owner.browser.send('DELETE', `/me/passkeys/${last.id}`);
  return answer;
}

/** A program suspends the only admin of the shop. */
async function suspendLastAdmin({ tollgate, owner, admin }: Stage): Promise<Answer> {
  const headers = { 'x-tollgate-tenant': tollgate.tenant.tenant.tenantId };
  const invite = { body: { email: 'last@shop.example', role: 'admin' }, headers };
  const { body } = await owner.browser.send('POST', '/invitations', invite);
  const last = await acceptAs(tollgate, tokenOf(body.url), { email: body.email, name: 'The last one' });
  return admin.send('PATCH', `/users/${last.userId}`, { body: { status: 'suspended' } });
}

/** For every endpoint about people, how each refusal that it declares comes about. */
export const PEOPLE_SCENARIOS: Readonly<Record<string, Partial<Record<ProblemCode, Scenario>>>> = {
  askForPasskey: {
    state_conflict: (stage) =>
      atAddress(stage, () => new PanelBrowser(stage.tollgate.apiUrl).send('POST', '/session/passkey/options')),
  },
  beginOidc: { state_conflict: ({ owner }) => owner.browser.send('POST', '/session/oidc') },
  finishOidc: {
    state_conflict: ({ owner }) =>
      owner.browser.send('POST', '/session/oidc/return', { body: { code: 'code', state: 'state' } }),
  },
  offerFirstPasskey: {
    async state_conflict(stage) {
      const body = { token: await invited(stage, 'first@shop.example'), name: 'Somebody' };
      return atAddress(stage, () => stage.owner.browser.send('POST', '/session/link/passkey-options', { body }));
    },
  },
  acceptLink: {
    async proof_refused(stage) {
      return accept(stage, { token: await invited(stage, 'new@shop.example'), passkey: NO_PASSKEY, label: 'Key' });
    },
    async state_conflict(stage) {
      return accept(stage, { token: await invited(stage, stage.owner.email), password: PASSWORD });
    },
  },
  joinByLink: {
    async state_conflict(stage) {
      const token = await invited(stage, stage.owner.email);
      return stage.owner.browser.send('POST', '/session/link/join', { body: { token } });
    },
  },
  askForStepUp: {
    state_conflict: (stage) => atAddress(stage, () => stage.owner.browser.send('POST', '/session/step-up/options')),
  },
  stepUp: {
    proof_refused: ({ owner }) => owner.browser.send('POST', '/session/step-up', { body: { passkey: NO_PASSKEY } }),
  },
  changePassword: {
    proof_refused: ({ owner }) =>
      owner.browser.send('POST', '/me/password', { body: { currentPassword: 'wrong', newPassword: NEW_PASSWORD } }),
    step_up_required: staleWhen('POST', '/me/password', { currentPassword: PASSWORD, newPassword: NEW_PASSWORD }),
  },
  offerTotp: { step_up_required: staleWhen('POST', '/me/totp') },
  confirmTotp: {
    proof_refused: ({ owner }) =>
      owner.browser.send('POST', '/me/totp/confirm', { body: { enrollment: 'A'.repeat(43), code: '000000' } }),
    async step_up_required(stage) {
      const { owner, tollgate } = stage;
      const { enrollment, secret } = (await owner.browser.send('POST', '/me/totp')).body;
      const code = authenticatorApp(secret, tollgate.tollgate.gateway.clock);
      return stale(stage, () => owner.browser.send('POST', '/me/totp/confirm', { body: { enrollment, code: code() } }));
    },
  },
  removeTotp: {
    step_up_required: staleWhen('DELETE', '/me/totp'),
    state_conflict: ({ owner }) => owner.browser.send('DELETE', '/me/totp'),
  },
  renewRecoveryCodes: {
    step_up_required: staleWhen('POST', '/me/recovery-codes'),
    state_conflict: (stage) => withoutApp(stage, () => stage.owner.browser.send('POST', '/me/recovery-codes')),
  },
  offerPasskey: {
    step_up_required: staleWhen('POST', '/me/passkeys/options'),
    state_conflict: (stage) => atAddress(stage, () => stage.owner.browser.send('POST', '/me/passkeys/options')),
  },
  addPasskey: {
    proof_refused: ({ owner }) =>
      owner.browser.send('POST', '/me/passkeys', { body: { label: 'Key', passkey: NO_PASSKEY } }),
    async step_up_required(stage) {
      const { add } = await madePasskey(stage);
      return stale(stage, add);
    },
    async state_conflict(stage) {
      const first = await madePasskey(stage);
      await first.add();
      return (await madePasskey(stage, first.device)).add();
    },
  },
  updateUser: { state_conflict: suspendLastAdmin },
  removePasskey: {
    step_up_required: staleWhen('DELETE', '/me/passkeys/pky_00000000000000000000000000'),
    state_conflict: removeLastPasskey,
  },
};
