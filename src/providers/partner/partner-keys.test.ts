import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { present } from '../../kernel/assert.ts';
import { newKeyPair, type PartnerStage, SECRET, startPartnerStage } from './partner-fixture.ts';

let stage: PartnerStage;
beforeEach(async () => {
  stage = await startPartnerStage();
});
afterEach(() => stage.stop());

describe('credentials', () => {
  const check = (changes: object, mode: 'test' | 'live' = 'test') =>
    stage.provider.checkCredentials(stage.call({ mode, credentials: { ...stage.call().credentials, ...changes } }));

  test('that work are accepted, without an order being made', async () => {
    expect(await check({})).toEqual({ kind: 'accepted' });
    expect(stage.simulator.find(`att_${'0'.repeat(26)}`)).toBeNull();
  });

  test.each([
    ['another secret', { secretKey: `${SECRET}!` }, 'invalid_signature'],
    ['another merchant', { merchantCode: 'SHOP_2' }, 'unknown_merchant'],
    ['a short secret', { secretKey: 'short' }, 'not_configured'],
    ['an empty secret', { secretKey: '' }, 'not_configured'],
    ['no secret', { secretKey: undefined }, 'not_configured'],
    ['a key pair besides', newKeyPair(), 'not_configured'],
  ])('with %s are refused', async (_what, changes, code) => {
    expect(await check(changes)).toMatchObject({ kind: 'refused', code });
  });

  test('of live mode need https', async () => {
    expect(await check({}, 'live')).toMatchObject({ kind: 'refused', code: 'invalid_credentials' });
    const live = await stage.provider.create(stage.call({ mode: 'live' }), stage.input());
    expect(live).toMatchObject({ kind: 'refused', code: 'invalid_credentials' });
  });

  test('nobody answers for are not sent', async () => {
    expect(await check({ apiUrl: 'http://127.0.0.1:1' })).toMatchObject({ kind: 'not_sent' });
  });

  test('never stand in an answer', async () => {
    const answers = [await check({ secretKey: `${SECRET}!` }), await check({ merchantCode: 'SHOP_2' })];
    answers.push(await stage.provider.checkCredentials(stage.call({ mode: 'live' })));
    expect(JSON.stringify(answers)).not.toContain(SECRET);
  });

  test('of a rotation work before the partner knows the new ones, and never under those of another merchant', async () => {
    const old = stage.call().credentials;
    const rotated = (previousCredentials: typeof old) =>
      stage.call({ credentials: { ...old, secretKey: `${SECRET} new` }, previousCredentials });
    const input = stage.input();
    expect(await stage.provider.create(rotated(old), input)).toMatchObject({ kind: 'answered' });
    expect(stage.simulator.countOrders(input.attemptId)).toBe(1);
    const other = rotated({ ...old, merchantCode: 'SHOP_2' });
    expect(await stage.provider.create(other, stage.input())).toMatchObject({ code: 'invalid_signature' });
    // Whoever tries new keys wants to know of them alone.
    expect(await stage.provider.checkCredentials(rotated(old))).toMatchObject({ code: 'invalid_signature' });
    const elsewhere = rotated({ ...old, apiUrl: 'http://127.0.0.1:1' });
    expect(await stage.provider.create(elsewhere, input)).toMatchObject({ kind: 'answered' });
  });

  test('of RSA keys work as a secret does', async () => {
    const other = await startPartnerStage({ keys: 'rsa' });
    try {
      const input = other.input();
      expect(await other.provider.checkCredentials(other.call())).toEqual({ kind: 'accepted' });
      expect(await other.provider.create(other.call(), input)).toMatchObject({ kind: 'answered' });
      await other.simulator.approve(input.attemptId);
      const webhook = present(other.received[0], 'notification');
      expect(await other.parse(webhook)).toMatchObject({
        events: [{ fact: { report: { state: 'captured' } }, authoritative: true }],
      });
      const credentials = { ...other.call().credentials, publicKey: newKeyPair().publicKey };
      const parsed = await other.provider.parseWebhook(other.call({ credentials }), webhook);
      expect(parsed).toMatchObject({ kind: 'rejected', reason: 'bad_signature' });
    } finally {
      await other.stop();
    }
  });
});
