import { describe, expect, test } from 'vitest';
import { checkSettings, type InstalledSettings } from './check.ts';

const GOOD: InstalledSettings = {
  urls: { api: 'https://api.pay.example', checkout: 'https://pay.example', hooks: 'https://hooks.pay.example' },
  hasMailServer: true,
  operatorEmail: 'ops@pay.example',
  egressLive: ['203.0.113.7'],
};

function statusesOf(changes: Partial<InstalledSettings>): Readonly<Record<string, string>> {
  return Object.fromEntries(checkSettings({ ...GOOD, ...changes }).map(({ name, status }) => [name, status]));
}

describe('settings', () => {
  test('that are all made leave nothing to do but what nobody can see', () => {
    expect(statusesOf({})).toEqual({ addresses: 'ok', mail: 'ok', egress: 'ok', backup: 'unknown' });
  });

  test.for([
    [{ urls: { ...GOOD.urls, hooks: 'http://hooks.pay.example' } }, 'addresses', 'failed'],
    [{ urls: { api: 'http://127.0.0.1:8080' } }, 'addresses', 'warning'],
    [{ urls: { api: 'http://127.0.0.1.example' } }, 'addresses', 'failed'],
    [{ hasMailServer: false }, 'mail', 'warning'],
    [{ operatorEmail: null }, 'mail', 'warning'],
    [{ egressLive: [] }, 'egress', 'warning'],
  ] as const)('%j makes %s a %s', ([changes, name, status]) => {
    expect(statusesOf(changes)).toMatchObject({ [name]: status });
  });

  test('say what to do about everything that is not well', () => {
    const bad = {
      urls: { hooks: 'http://hooks.pay.example' },
      hasMailServer: false,
      operatorEmail: null,
      egressLive: [],
    };
    const checks = checkSettings(bad).filter(({ status }) => status !== 'ok');
    expect(checks).toHaveLength(4);
    for (const { fix } of checks) expect(fix).toMatch(/\.$/);
    expect(checks[0]?.fix).toContain('TOLLGATE_HOOKS_URL');
  });
});
