import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { until } from '../support/api-client.ts';
import { faultsOf } from '../support/page-faults.ts';
import { openPanelStage, type PanelStage } from '../support/panel-stage.ts';
import { startWebhookSink, type WebhookSink } from '../support/webhook-sink.ts';

// Each walks through several screens, also on a machine that is busy.
vi.setConfig({ testTimeout: 120_000 });

/** What somebody who writes into a description would like to run. */
const PLANTED = '<img src=x onerror=document.title=`planted`>';

let stage: PanelStage;
let sink: WebhookSink;
let endpoint: { readonly id: string; readonly secret: string };
const answers = { status: 200 };

beforeAll(async () => {
  [stage, sink] = await Promise.all([openPanelStage(), startWebhookSink()]);
  sink.answer = () => answers.status;
  const body = { url: `${sink.url}/shop`, eventTypes: ['payment.succeeded'], description: PLANTED, schedule: [1] };
  endpoint = (await stage.shop.send('POST', '/webhook-endpoints', { body })).body;
  await stage.shop.send('POST', '/products', { body: { name: `Tickets ${PLANTED}` } });
}, 120_000);
afterAll(async () => {
  await sink?.close();
  await stage?.close();
});

const at = (path: string) => `${stage.place}${path}`;

/** Nobody's text has run, and nothing was complained of. */
async function expectQuiet(page: Page, complaints: readonly string[]): Promise<void> {
  expect(await page.title()).not.toContain('planted');
  expect(complaints).toEqual([]);
}

/** A payment whose success the endpoint was told of, and how that went. */
async function paid(status: 'succeeded' | 'exhausted'): Promise<{ readonly id: string; readonly eventId: string }> {
  const { id } = await stage.shop.pay({ description: PLANTED });
  return until(async () => {
    const { body } = await stage.shop.send('GET', `/deliveries?paymentId=${id}&endpointId=${endpoint.id}`);
    return body.data[0]?.status === status && body.data[0];
  });
}

test('S3.10 S3.11 S3.18 settings count once they are submitted, and whoever leaves before is asked', async () => {
  const { page, complaints } = await stage.open(at('/notifications'), { width: 360, height: 780 });
  const receive = page.getByRole('switch', { name: 'Receive notifications' });
  await receive.waitFor();
  await page.getByRole('button', { name: 'Test URL' }).first().click();
  await page.getByText('Acknowledged in').waitFor();
  expect(await faultsOf(page, 'notify-settings')).toEqual([]);
  await page.getByLabel('Admin e-mail address').fill('nobody');
  await page.getByText('Not saved yet').waitFor();
  await page.getByRole('button', { name: 'Submit' }).click();
  await page.getByText('Must be an e-mail address').first().waitFor();
  await page.getByLabel('Admin e-mail address').fill('ops@shop.example');
  await page.getByRole('link', { name: 'Effective settings' }).click();
  const dialog = page.getByRole('dialog', { name: 'Leave without submitting?' });
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Submit' }).click();
  await page.getByText('The settings are saved.').waitFor();
  expect((await stage.shop.send('GET', '/notification-settings')).body.adminEmail).toBe('ops@shop.example');
  await page.getByLabel('Settings of').selectOption({ label: `Tickets ${PLANTED}` });
  await page.getByLabel('Receive notifications').selectOption('off');
  await page.getByRole('button', { name: 'Submit' }).click();
  await page.getByText('The settings are saved.').first().waitFor();
  await page.getByRole('link', { name: 'Effective settings' }).click();
  await page.getByRole('cell', { name: 'ops@shop.example' }).waitFor();
  expect(await faultsOf(page, 'notify-effective')).toEqual([]);
  await expectQuiet(page, complaints);
});

test('an endpoint is set up on one page; what could hurt is offered only after a passed test', async () => {
  const body = { url: `${sink.url}/second`, eventTypes: ['refund.succeeded'], additional: true };
  const { id } = (await stage.shop.send('POST', '/webhook-endpoints', { body })).body;
  const { page, complaints } = await stage.open(at(`/webhooks/${id}/edit`), { colorScheme: 'dark' });
  const receipt = page.getByRole('radio', { name: 'Require a notification receipt' });
  await receipt.waitFor();
  expect(await receipt.isDisabled()).toBe(true);
  await page.getByLabel('refund.failed').check();
  await page.getByLabel('Requests a second, at most').fill('many');
  await page.getByRole('button', { name: 'Save' }).click();
  const limit = page.getByLabel('Requests a second, at most');
  await until(async () => (await limit.getAttribute('aria-invalid')) === 'true');
  await page.getByLabel('Requests a second, at most').fill('20');
  await page.getByLabel('Dialect', { exact: true }).selectOption('bluesnap');
  await page.getByLabel('Key to sign with').fill('a key of ours, entered');
  expect(await faultsOf(page, 'notify-editor')).toEqual([]);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('a key of ours, entered').waitFor();
  await page.getByRole('dialog').getByRole('button').last().click();
  const { body: saved } = await stage.shop.send('GET', `/webhook-endpoints/${id}`);
  expect(saved).toMatchObject({
    dialect: 'bluesnap',
    rateLimit: 20,
    eventTypes: ['refund.succeeded', 'refund.failed'],
  });
  await page.getByRole('button', { name: 'Test URL' }).click();
  await page.getByText('Acknowledged in').waitFor();
  await until(async () => !(await page.getByRole('radio', { name: 'Give the money back' }).isDisabled()));
  await expectQuiet(page, complaints);
});

test('S3.29 a simulation carries values of the developer’s own, and shows every byte', async () => {
  const { page, complaints } = await stage.open(at(`/simulator?endpointId=${endpoint.id}`));
  await page.getByLabel('Event type').selectOption('refund.succeeded');
  await page.getByLabel('Values of your own').fill('{"amount": "much"}');
  await page.getByRole('button', { name: 'Send it' }).click();
  await page.getByText('The object would not be one that is ever sent.').waitFor();
  await page.getByLabel('Values of your own').fill('{"amount": 420}');
  await page.getByRole('button', { name: 'Send it' }).click();
  await page.getByText('Acknowledged in').waitFor();
  await page.getByRole('tab', { name: 'Signed text' }).click();
  await page.getByText('Our own verifier takes this signature.').waitFor();
  expect(await faultsOf(page, 'notify-simulator')).toEqual([]);
  expect(JSON.parse(sink.received.at(-1)?.body ?? '').data.object.amount).toBe(420);
  await expectQuiet(page, complaints);
});

test('S3.27 what was given up is explained, sent again, and replayed after a look at what it would be', async () => {
  answers.status = 500;
  const dead = await paid('exhausted');
  const { page, complaints } = await stage.open(at('/dead-letters'));
  await page.getByRole('link', { name: 'payment.succeeded' }).first().click();
  await page.getByRole('heading', { name: 'Attempt 2' }).waitFor();
  await page.getByRole('button', { name: 'Show what was signed' }).click();
  await page.getByText('The exact text that is signed').waitFor();
  await page.getByRole('tab', { name: 'Python' }).click();
  expect(await faultsOf(page, 'notify-delivery')).toEqual([]);
  expect(await page.content()).not.toContain(endpoint.secret);
  answers.status = 200;
  await page.goto(`${stage.url}${at('/dead-letters')}`);
  await page.getByRole('link', { name: 'Replay many' }).click();
  await page.getByRole('button', { name: 'See what would be sent' }).click();
  await page.getByText('Say from when.').waitFor();
  expect(await faultsOf(page, 'notify-replay-form')).toEqual([]);
  await page.getByLabel('Endpoint').selectOption(endpoint.id);
  await page.getByLabel('From', { exact: true }).fill('2020-01-01T00:00:00');
  await page.getByRole('button', { name: 'See what would be sent' }).click();
  await page.getByRole('cell', { name: dead.eventId }).waitFor();
  expect(await faultsOf(page, 'notify-replay-look')).toEqual([]);
  await page.getByRole('button', { name: 'Send 1 event' }).click();
  await page.getByText('Done', { exact: true }).waitFor();
  expect(await faultsOf(page, 'notify-replay')).toEqual([]);
  await until(async () => {
    const { body } = await stage.shop.send('GET', `/deliveries?eventId=${dead.eventId}&trigger=replay`);
    return body.data[0]?.status === 'succeeded';
  });
  await expectQuiet(page, complaints);
});

test('S3.28 an event tells who was told of it, and an endpoint how it fares', async () => {
  const { eventId } = await paid('succeeded');
  const { page, complaints } = await stage.open(at('/events?type=payment.succeeded'), { width: 360, height: 780 });
  await page.getByRole('link', { name: 'payment.succeeded' }).first().waitFor();
  expect(await faultsOf(page, 'notify-events')).toEqual([]);
  await page.goto(`${stage.url}${at(`/events/${eventId}`)}`);
  await page.getByRole('region', { name: 'Who was told' }).getByRole('link').first().waitFor();
  await page.getByText(PLANTED).first().waitFor();
  expect(await faultsOf(page, 'notify-event')).toEqual([]);
  await page.goto(`${stage.url}${at(`/webhooks/${endpoint.id}`)}`);
  await page.getByRole('slider', { name: 'Attempts by hour' }).waitFor();
  await page.getByRole('cell', { name: 'Stays' }).waitFor();
  expect(await faultsOf(page, 'notify-endpoint')).toEqual([]);
  await expectQuiet(page, complaints);
});

test('a forged notification of a provider is shown with its verdict, and what cannot be done says why', async () => {
  const { body: open } = await stage.shop.create();
  await stage.shop.confirm(open.id, 'tok_bad_signature_ipn');
  const forged = await until(async () => {
    const { body } = await stage.shop.send('GET', '/inbound-events?verdict=bad_signature');
    return body.data[0];
  });
  const { page, complaints } = await stage.open(at('/inbound'), { language: 'de' });
  await page.getByRole('cell', { name: 'Signatur falsch' }).first().waitFor();
  expect(await faultsOf(page, 'notify-inbound')).toEqual([]);
  await page.goto(`${stage.url}${at(`/inbound/${forged.id}`)}`);
  const settle = page.getByRole('button', { name: 'Erledigen' });
  await settle.waitFor();
  expect(await settle.getAttribute('title')).toContain('Quarantäne');
  expect(await faultsOf(page, 'notify-inbound-event')).toEqual([]);
  await page.getByRole('button', { name: 'Noch einmal ausführen' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Noch einmal ausführen' }).click();
  await page.getByRole('dialog').getByText('still does not verify; nothing was taken').waitFor();
  await expectQuiet(page, complaints);
});

test('a request that was refused says what to do', async () => {
  const refused = await stage.shop.create({ amount: 'twelve' });
  expect(refused.status).toBe(422);
  await until(async () => (await stage.shop.send('GET', '/request-log?code=validation_failed')).body.data.length > 0);
  const { page, complaints } = await stage.open(at('/requests?refused=true'));
  await page.getByRole('button', { name: 'POST /api/v1/payments' }).first().click();
  await page.getByText('Change the fields that are named below').waitFor();
  await page.getByText('/amount').waitFor();
  expect(await faultsOf(page, 'notify-request')).toEqual([]);
  await expectQuiet(page, complaints);
});

test('whoever may only look is told what they lack', async () => {
  const viewer = await stage.newPerson('viewer');
  const { page } = await stage.open(at('/simulator'), { person: viewer });
  const send = page.getByRole('button', { name: 'Send it' }).or(page.getByText('You may not see this'));
  await send.first().waitFor();
  await page.goto(`${stage.url}${at(`/webhooks/${endpoint.id}/edit`)}`);
  await page.getByText('webhook:update').first().waitFor();
  expect(await faultsOf(page, 'notify-no-permission')).toEqual([]);
});
