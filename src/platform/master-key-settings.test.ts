import { describe, expect, test } from 'vitest';
import { readConfig } from '../config.ts';

const [one, other] = ['a'.repeat(64), 'b'.repeat(64)];
const aws = 'aws-kms:arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const vault = 'vault-transit:transit/tollgate';

describe('master keys', () => {
  test('are one that wraps and any number that open, with commas or lines between', () => {
    const { masterKey, masterKeys } = readConfig({
      TOLLGATE_MASTER_KEY: one,
      TOLLGATE_MASTER_KEYS_PREVIOUS: `${other},\n${vault}\n`,
      VAULT_ADDR: 'https://vault.example/',
      VAULT_TOKEN_FILE: '/run/vault/token',
    });
    expect(masterKey).toBe(one);
    expect(masterKeys.previous).toEqual([other, vault]);
    expect(masterKeys.vault).toEqual({ url: 'https://vault.example', tokenFile: '/run/vault/token', namespace: null });
  });

  test.each<[string, Readonly<Record<string, string>>]>([
    ['TOLLGATE_MASTER_KEY', { TOLLGATE_MASTER_KEY: 'aws-kms:alias/tollgate' }],
    ['TOLLGATE_MASTER_KEYS_PREVIOUS', { TOLLGATE_MASTER_KEY: one, TOLLGATE_MASTER_KEYS_PREVIOUS: one }],
    ['TOLLGATE_MASTER_KEYS_PREVIOUS', { TOLLGATE_MASTER_KEY: one, TOLLGATE_MASTER_KEYS_PREVIOUS: `${other},short` }],
    ['AWS_SHARED_CREDENTIALS_FILE', { TOLLGATE_MASTER_KEY: aws }],
    ['AWS_SHARED_CREDENTIALS_FILE', { TOLLGATE_MASTER_KEY: aws, AWS_ACCESS_KEY_ID: 'AKID' }],
    ['VAULT_ADDR', { TOLLGATE_MASTER_KEY: vault, VAULT_TOKEN_FILE: '/run/vault/token' }],
    ['VAULT_TOKEN_FILE', { TOLLGATE_MASTER_KEYS_PREVIOUS: vault, VAULT_ADDR: 'https://vault.example' }],
  ])('are refused by the name of what is wrong: %s', (name, environment) => {
    expect(() => readConfig(environment)).toThrow(new RegExp(`^${name}: `));
    expect(() => readConfig(environment)).not.toThrow(/short|aaaa|bbbb/);
  });
});
