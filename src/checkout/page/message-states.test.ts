import { describe, expect, it } from 'vitest';
import { renderCheckoutPage } from './render-checkout-page.ts';
import { sampleView } from './sample-views.ts';

const END_KINDS = ['succeeded', 'failed', 'canceled', 'expired', 'reversed'] as const;

describe.each(END_KINDS)('the end when %s', (kind) => {
  it('offers the way back to the shop and nothing that pays', () => {
    const page = renderCheckoutPage(sampleView(kind, { testMode: true }));
    expect(page).toContain(
      'href="https://shop.example/return?paymentId=pay_1&amp;reference=order-1042&amp;status=succeeded"',
    );
    expect(page).toContain('Back to Bluecom Shop');
    expect(page).not.toContain('<form');
  });

  it('has no way back where the shop gave none', () => {
    const { leaveUrl, ...view } = sampleView(kind);
    expect(renderCheckoutPage(view)).not.toContain('Back to');
  });

  it('leaves by itself only after success', () => {
    const page = renderCheckoutPage(sampleView(kind));
    expect(page.includes('<noscript><meta http-equiv="refresh" content="5;url=https://shop.example/')).toBe(
      kind === 'succeeded',
    );
    expect(page.includes('data-leave-after="5"')).toBe(kind === 'succeeded');
  });

  it('says that nothing was charged, unless it was', () => {
    expect(/not been charged|Nothing was charged/.test(renderCheckoutPage(sampleView(kind)))).toBe(
      kind !== 'succeeded',
    );
  });
});

describe('a payment that was paid before', () => {
  const page = renderCheckoutPage(sampleView('succeeded', { before: true }));

  it('is said to be paid, with nothing more to do, and leads nowhere by itself', () => {
    expect(page).toContain('<h1>Already paid</h1>');
    expect(page).toContain('nothing more will be charged');
    expect(page).toContain('Back to Bluecom Shop');
    expect(page).not.toMatch(/data-leave-after|http-equiv="refresh"/);
  });
});

describe('a page that may be framed', () => {
  const frameOrigins = ['https://shop.example', 'https://app.shop.example:8443'];

  it('names the origins that are told of it, and what they are told', () => {
    const page = renderCheckoutPage(sampleView('succeeded', { frameOrigins }));
    expect(page).toContain('data-origins="https://shop.example https://app.shop.example:8443"');
    expect(page).toMatch(/data-frame="\/c\/assets\/frame\.[0-9a-f]{16}\.js"/);
    expect(page).toContain('data-payment-id="pay_1" data-status="succeeded"');
  });

  it('is the only one with anything of that', () => {
    expect(renderCheckoutPage(sampleView('succeeded'))).not.toMatch(/data-(frame|origins|payment-id)/);
  });
});
