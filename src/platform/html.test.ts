import { describe, expect, it } from 'vitest';
import { AssertionFailed } from '../kernel/assert.ts';
import { html, trustedHtml } from './html.ts';

describe('html', () => {
  it('escapes text, in elements and in attributes', () => {
    const text = `<b title="x">'&`;
    expect(html`<p title="${text}">${text}</p>`.toString()).toBe(
      '<p title="&lt;b title=&quot;x&quot;&gt;&#39;&amp;">&lt;b title=&quot;x&quot;&gt;&#39;&amp;</p>',
    );
  });

  it('leaves its own markup and trusted markup as they are', () => {
    expect(html`<p>${html`<b>${'<'}</b>`}${trustedHtml('<i></i>')}</p>`.toString()).toBe('<p><b>&lt;</b><i></i></p>');
  });

  it('does not take an object that looks like markup for markup', () => {
    expect(html`${['<b>', [html`<i>`]]}`.toString()).toBe('&lt;b&gt;<i>');
  });

  it('writes nothing for what is absent, and zero as a number', () => {
    expect(html`[${null}${undefined}${false}${0}${1n}]`.toString()).toBe('[01]');
  });

  it('refuses an attribute value without quotes, where a space would start a new attribute', () => {
    const value = 'x onclick=alert(1)';
    expect(() => html`<p title=${value}></p>`).toThrow(AssertionFailed);
    expect(() => html`<p class="a" title=${value}></p>`).toThrow(AssertionFailed);
  });

  it('lets an equals sign stand in text and inside a quoted value', () => {
    expect(html`<meta content="5;url=${'/c/a'}">a=${'b'}`.toString()).toBe('<meta content="5;url=/c/a">a=b');
  });
});
