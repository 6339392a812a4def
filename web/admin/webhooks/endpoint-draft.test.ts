import { expect, test } from 'vitest';
import type { WebhookEndpoint } from '../../../sdk/src/api.generated.ts';
import { changesOf, draftOf } from './endpoint-draft.ts';

const endpoint: WebhookEndpoint = {
  id: 'we_1',
  object: 'webhook_endpoint',
  mode: 'test',
  url: 'https://shop.example/hook',
  eventTypes: ['*'],
  dialect: 'standard',
  merchantCode: null,
  profile: null,
  productId: null,
  additional: false,
  ackPolicy: { type: 'retry' },
  schedule: [5, 30],
  rateLimit: null,
  ordered: false,
  disableAfterSeconds: 432_000,
  testPassedAt: null,
  status: 'active',
  description: null,
  createdAt: '2026-11-21T12:00:00Z',
  updatedAt: '2026-11-21T12:00:00Z',
};
const draft = draftOf(endpoint);

test('a form that nobody touched changes nothing, whatever the dialect and the policy', () => {
  expect(changesOf(draft, endpoint)).toBeNull();
  const partner = { ...endpoint, dialect: 'partner', merchantCode: 'SHOP', profile: 'neopay' } as const;
  expect(changesOf(draftOf(partner), partner)).toBeNull();
  const ackPolicy = {
    type: 'reverse_on_no_ack',
    windowSeconds: 30,
    fuse: { consecutive: 7, rate: 0.95 },
    whenOpen: 'hold',
  } as const;
  expect(changesOf(draftOf({ ...endpoint, ackPolicy }), { ...endpoint, ackPolicy })).toBeNull();
});

test('only what was changed is sent, so that what others changed meanwhile stays', () => {
  const changed = { ...draft, rateLimit: '10', schedule: ' 5, 60 ', disableAfterHours: '' };
  expect(changesOf(changed, endpoint)).toEqual({ rateLimit: 10, schedule: [5, 60], disableAfterSeconds: null });
});

test('the policy that gives money back goes whole, its rate as a share', () => {
  expect(changesOf({ ...draft, policy: 'reverse_on_no_ack', fusePercent: '80' }, endpoint)).toEqual({
    ackPolicy: {
      type: 'reverse_on_no_ack',
      windowSeconds: 45,
      fuse: { consecutive: 5, rate: 0.8 },
      whenOpen: 'refuse',
    },
  });
});

test('a secret goes along with the dialect that takes it, and with no other', () => {
  const secrets = { secret: ' of mine ', notificationKey: 'not for this one' };
  expect(changesOf({ ...draft, ...secrets, dialect: 'bluesnap' }, endpoint)).toEqual({
    dialect: 'bluesnap',
    secret: 'of mine',
  });
});

test('what is no number is sent as it is, so that it is refused: null would mean that there is no limit', () => {
  const changed = { ...draft, rateLimit: 'many', disableAfterHours: 'never', schedule: '5 soon' };
  expect(changesOf(changed, endpoint)).toEqual({
    rateLimit: 'many',
    disableAfterSeconds: 'never',
    schedule: [5, 'soon'],
  });
});
