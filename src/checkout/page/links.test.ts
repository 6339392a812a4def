import { describe, expect, it } from 'vitest';
import { departureUrl, imageUrl, informationUrl, requiredDepartureUrl } from './links.ts';

const SCRIPTABLE = [
  'javascript:alert(1)',
  ' JaVaScRiPt:alert(1)',
  'java\nscript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'vbscript:x',
  'blob:https://shop.example/1',
  'file:///etc/passwd',
  'about:blank',
];

describe('addresses on the page', () => {
  it.each(SCRIPTABLE)('never lead to %j', (url) => {
    expect(departureUrl(url)).toBeNull();
    expect(informationUrl(url)).toBeNull();
    expect(imageUrl(url)).toBeNull();
    expect(() => requiredDepartureUrl(url)).toThrow('not one a browser may open');
  });

  it('may leave for the web and for apps, written so that no quote is left in them', () => {
    expect(departureUrl('https://shop.example/back?a=1&b="2"')).toBe('https://shop.example/back?a=1&b=%222%22');
    expect(departureUrl('bankapp://pay?code=1')).toBe('bankapp://pay?code=1');
  });

  it('for help are web, mail or phone, and no app', () => {
    expect(informationUrl('mailto:help@shop.example')).toBe('mailto:help@shop.example');
    expect(informationUrl('bankapp://help')).toBeNull();
  });

  it('that are none are left out', () => {
    expect(departureUrl('/relative')).toBeNull();
    expect(departureUrl(undefined)).toBeNull();
  });

  it('of pictures are those the policy lets through', () => {
    expect(imageUrl('/c/logos/1.png')).toBe('/c/logos/1.png');
    expect(imageUrl('data:image/png;base64,AA')).toBe('data:image/png;base64,AA');
    expect(imageUrl('//evil.example/x.png')).toBeNull();
    expect(imageUrl('/\\evil.example/x.png')).toBeNull();
    expect(imageUrl('https://cdn.example/x.png')).toBeNull();
  });
});
