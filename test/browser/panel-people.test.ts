import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { faultsOf } from '../support/page-faults.ts';
import { openPanelStage, type PanelStage } from '../support/panel-stage.ts';

// Walks through many screens, also on a machine that is busy.
vi.setConfig({ testTimeout: 180_000 });

/** What a tenant may call itself; run as a script it would change the title of the window. */
const NASTY = '<img src=x onerror="document.title=`broken into`">';

let stage: PanelStage;

beforeAll(async () => {
  stage = await openPanelStage();
}, 120_000);
afterAll(async () => {
  await stage?.close();
});

const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true, level: 1 });
const follow = (page: Page, name: string) => page.getByRole('link', { name, exact: true }).click();

test('who runs the installation makes a tenant, looks after it, and sees what was done', async () => {
  const { page, complaints } = await stage.open('/operator/tenants');
  await heading(page, 'Tenants').waitFor();
  await page.getByRole('button', { name: 'New tenant' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name', { exact: true }).fill(NASTY);
  await dialog.getByLabel('App name').fill('Not Allowed');
  await dialog.getByLabel('Currency').fill('zar');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await dialog.getByText('Must be 2 to 63 characters').waitFor();
  await dialog.getByLabel('App name').fill('bluecom-kiosk');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await page.getByRole('heading', { name: 'The secrets of the new tenant' }).waitFor();
  const secret = await dialog.getByText(/^sk_test_/).innerText();
  expect(await faultsOf(page, 'tenant-secrets')).toEqual([]);
  await dialog.getByRole('button', { name: 'I have kept them' }).click();
  await page.getByLabel('Name or app name').fill('bluecom');
  await page.getByLabel('Name or app name').press('Enter');
  await page.waitForURL(/q=bluecom/);
  expect(await page.content()).not.toContain(secret);
  expect(await faultsOf(page, 'tenants')).toEqual([]);

  await follow(page, NASTY);
  await heading(page, NASTY).waitFor();
  await page.getByRole('switch', { name: 'May create child tenants' }).click();
  await page.getByRole('switch', { name: 'May create child tenants', checked: true }).waitFor();
  await page.getByRole('button', { name: 'Remove for ever' }).click();
  const remove = page.getByRole('dialog').getByRole('button', { name: 'Suspend', exact: true });
  expect(await remove.getAttribute('aria-disabled')).toBe('true');
  await page.getByLabel('Type bluecom-kiosk to show that you mean this one').fill('bluecom-kiosk');
  expect(await faultsOf(page, 'tenant-remove')).toEqual([]);
  await remove.click();
  await page.getByText('It is suspended. Remove it in two minutes.').waitFor();
  await page.getByText('Suspended', { exact: true }).waitFor();
  expect(await faultsOf(page, 'tenant')).toEqual([]);

  await follow(page, 'Audit record');
  await page.getByRole('button', { name: 'removeTenant' }).first().click();
  await page.getByRole('dialog').getByText(`user:${stage.owner.userId}`).first().waitFor();
  expect(await faultsOf(page, 'audit-entry')).toEqual([]);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Prove the chain' }).click();
  await page.getByText(/^Proven: \d+ entries/).waitFor();
  expect(await faultsOf(page, 'operator-audit')).toEqual([]);
  expect(complaints).toEqual([]);
});

test('who runs the installation looks after its keys, people and machines', async () => {
  const { page, complaints } = await stage.open('/operator/system');
  await heading(page, 'System').waitFor();
  await page.getByRole('region', { name: 'Processes' }).getByText('Alive').first().waitFor();
  expect(await faultsOf(page, 'system')).toEqual([]);

  await follow(page, 'Encryption keys');
  await page.getByRole('button', { name: 'Rotate this one' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Rotate', exact: true }).click();
  await page.getByText('Done: 1 changed.').waitFor();
  await page.getByRole('region', { name: 'The data key of one tenant' }).getByText('Only opens').waitFor();
  expect(await faultsOf(page, 'encryption-keys')).toEqual([]);

  await follow(page, 'Operator keys');
  await page.getByRole('button', { name: 'Make a key' }).click();
  await page.getByRole('dialog').getByLabel('Name', { exact: true }).fill('Monitoring');
  await page.getByLabel('system:read').check();
  await page.getByRole('button', { name: 'Make it' }).click();
  const text = await page.getByText(/^op_\w+\./).innerText();
  await page.getByRole('dialog').getByRole('button').last().click();
  await follow(page, 'Monitoring');
  await heading(page, 'Monitoring').waitFor();
  expect(await page.content()).not.toContain(text);
  expect(await faultsOf(page, 'operator-key')).toEqual([]);

  await follow(page, 'Roles');
  await heading(page, 'Roles').waitFor();
  expect(await faultsOf(page, 'operator-roles')).toEqual([]);
  await follow(page, 'People');
  await heading(page, 'People of the installation').waitFor();
  const own = page.getByRole('button', { name: 'Change: Olive Owner' });
  expect(await own.getAttribute('title')).toMatch(/^Nobody changes their own role/);
  expect(await faultsOf(page, 'operator-people')).toEqual([]);
  await follow(page, 'Approvals');
  await page.getByText('Nothing waits for a second person').waitFor();
  expect(complaints).toEqual([]);
});

test('an admin lets people in, makes a role and a key of it, and takes them back', async () => {
  const admin = await stage.newPerson('admin');
  const { page, complaints } = await stage.open(`${stage.place}/roles`, { person: admin });
  await page.getByRole('button', { name: 'Make a role' }).click();
  await page.getByRole('dialog').getByLabel('Name', { exact: true }).fill('Night shift');
  await page.getByRole('dialog').getByLabel('payment:read').check();
  await page.getByRole('button', { name: 'Make it' }).click();
  await page.getByRole('button', { name: 'Change: Night shift' }).waitFor();
  expect(await faultsOf(page, 'roles')).toEqual([]);

  await follow(page, 'People');
  await page.getByRole('button', { name: 'Invite somebody' }).click();
  await page.getByLabel('E-mail address').fill('night@shop.example');
  await page.getByRole('dialog').getByLabel('Role', { exact: true }).selectOption('Night shift');
  await page.getByRole('button', { name: 'Make the invitation' }).click();
  await page.getByText(/\/admin\/invitation#invite_/).waitFor();
  await page.getByRole('button', { name: 'I have passed it on' }).click();
  await page.getByRole('button', { name: 'Withdraw: night@shop.example' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Withdraw', exact: true }).click();
  await page.getByText('Nobody is invited at the moment.').waitFor();
  expect(await faultsOf(page, 'people')).toEqual([]);

  await follow(page, 'API keys');
  await page.getByRole('button', { name: 'Make a key' }).click();
  await page.getByRole('dialog').getByLabel('Name', { exact: true }).fill(NASTY);
  await page.getByLabel('payment:read').check();
  await page.getByLabel('From these addresses alone').fill('nowhere');
  await page.getByRole('button', { name: 'Make it' }).click();
  await page.getByRole('alert').first().waitFor();
  await page.getByLabel('From these addresses alone').fill('203.0.113.0/24');
  await page.getByRole('button', { name: 'Make it' }).click();
  await page.getByText(/^sk_test_/).waitFor();
  await page.getByRole('dialog').getByRole('button').last().click();
  await follow(page, NASTY);
  await page.getByRole('button', { name: 'Revoke', exact: true }).click();
  expect(await faultsOf(page, 'api-key-revoke')).toEqual([]);
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke', exact: true }).click();
  await page.getByText('The key was revoked.').waitFor();
  await page.getByRole('button', { name: 'Change', exact: true, disabled: true }).waitFor();
  await follow(page, 'Child tenants');
  await page.getByText('It has no child tenants.').waitFor();
  await follow(page, 'Audit record');
  await page.getByRole('button', { name: 'revokeApiKey' }).waitFor();
  expect(await faultsOf(page, 'audit')).toEqual([]);
  expect(complaints).toEqual([]);
});

test('who may not, is told so: no secrets for support, no way up for anybody, in both languages', async () => {
  const support = await stage.newPerson('support');
  const opened = await stage.open(`${stage.place}/api-keys`, { person: support, language: 'de', width: 360 });
  const { page } = opened;
  await page.getByText('Dafür fehlt Ihnen das Recht').waitFor();
  expect(await faultsOf(page, 'api-keys-forbidden')).toEqual([]);
  const people = await stage.open(`${stage.place}/people`, { person: support, language: 'de', width: 360 });
  await people.page.getByRole('heading', { name: 'Personen', level: 1 }).waitFor();
  const invite = people.page.getByRole('button', { name: 'Jemanden einladen' });
  expect(await invite.getAttribute('aria-disabled')).toBe('true');
  await people.page.getByText('Zurzeit ist niemand eingeladen.').waitFor();
  expect(await faultsOf(people.page, 'people-phone')).toEqual([]);
  const elsewhere = await stage.open('/operator/tenants', { person: support });
  await elsewhere.page.getByText('This is not open to you').waitFor();
  expect([...opened.complaints, ...people.complaints, ...elsewhere.complaints]).toEqual([]);
});
