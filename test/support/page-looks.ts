import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';

const LOOKS = [
  ['phone', { width: 360, height: 640 }, 'light'],
  ['phone-dark', { width: 360, height: 640 }, 'dark'],
  ['desktop', { width: 1280, height: 800 }, 'light'],
  ['desktop-dark', { width: 1280, height: 800 }, 'dark'],
] as const;

/**
 * What is wrong with how a page looks and reads, on a phone and on a desktop, in light and in dark: what sticks out, what
 * is too small to be pressed, and what breaks a rule of accessibility. Pictures are left in test-results for people.
 */
export async function findFaultsOfLooks(page: Page, name: string): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const [look, viewport, colorScheme] of LOOKS) {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.screenshot({ path: `test-results/page-${name}-${look}.png`, fullPage: true });
    faults.push(...(await sizesOf(page)).map((fault) => `${look}: ${fault}`));
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
    faults.push(...violations.map(({ id, nodes }) => `${look}: ${id} ${nodes[0]?.html}`));
  }
  return faults;
}

function sizesOf(page: Page): Promise<readonly string[]> {
  return page.evaluate<string[]>(`[
    ...[...document.querySelectorAll('body *')]
      .filter((one) => one.getBoundingClientRect().right > innerWidth + 0.5 || one.getBoundingClientRect().left < -0.5)
      .map((one) => 'sticks out: ' + one.tagName + '.' + one.className),
    ...[...document.querySelectorAll('a, button, summary')]
      .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 48)
      .map((one) => 'too small: ' + one.textContent),
  ]`);
}
