import { describe, expect, it } from 'vitest';
import { EVENT_TYPES } from '../src/events/event.ts';
import { EVENT_CATALOGUE } from '../src/events/event-catalogue.ts';
import { DIALECT_IDS } from '../src/notifications/endpoint.ts';
import { describeApi } from '../src/roles/describe-api.ts';
import { PROTECTION_KEYS, SIGNING_KEYS } from './dialect-vector-keys.ts';
import { eventExamples } from './event-examples.ts';
import { renderEventsMarkdown } from './generate-events.ts';
import { asObject } from './generate-sdk-types.ts';

const openapi = describeApi('https://tollgate.example');
const page = renderEventsMarkdown(openapi);
/** As GitHub makes them. */
const anchors = [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
  heading
    .toLowerCase()
    .replace(/[^\w\s-]/g, '')
    .replaceAll(' ', '-'),
);

describe('docs/events.md', () => {
  it('has every event that can be subscribed to, with what it means and an example', () => {
    for (const type of EVENT_TYPES) {
      const [, section = ''] = page.split(`\n### ${type}\n`);
      const [own = ''] = section.split('\n#');
      expect(own).toContain(EVENT_CATALOGUE[type].when);
      expect(JSON.parse(/```json\n([\s\S]*?)```/.exec(own)?.[1] ?? '')).toMatchObject({ type });
    }
  });

  it('links to headings that are there, once each', () => {
    const links = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor = '']) => anchor);
    expect(links.length).toBeGreaterThan(50);
    expect(links.filter((anchor) => !anchors.includes(anchor))).toEqual([]);
    expect(anchors.filter((anchor, index) => links.includes(anchor) && anchors.indexOf(anchor) !== index)).toEqual([]);
  });

  it('speaks of every dialect, and shows no key', () => {
    for (const dialect of DIALECT_IDS) expect(page).toContain(`\`${dialect}\``);
    for (const key of [...SIGNING_KEYS, ...PROTECTION_KEYS]) expect(page).not.toContain('text' in key ? key.text : '');
  });

  it('shows objects with exactly the members that the API declares', () => {
    const schemas = asObject(asObject(openapi.components, 'components').schemas, 'schemas');
    for (const [type, { object }] of eventExamples()) {
      const { subject } = EVENT_CATALOGUE[type];
      const { properties } = asObject(schemas[subject], subject);
      const declared = Object.keys(asObject(properties, subject));
      expect(Object.keys(asObject(object, type)).sort(), type).toEqual(declared.sort());
    }
  });

  it('is the same whenever it is made', () => {
    expect(renderEventsMarkdown(openapi)).toBe(page);
  });
});
