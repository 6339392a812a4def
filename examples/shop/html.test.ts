import { expect, it } from 'vitest';
import { html } from './html.ts';

it('text is escaped, markup of ours is not, and absent things leave nothing behind', () => {
  const inner = html`<b>${'<i>'}</b>`;
  expect(html`<p title="${'"&\''}">${inner}${[inner]}${null}${false}${0}</p>`.toString()).toBe(
    '<p title="&quot;&amp;&#39;"><b>&lt;i&gt;</b><b>&lt;i&gt;</b>0</p>',
  );
});
