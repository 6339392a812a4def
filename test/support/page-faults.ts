import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';

/** What breaks a rule of accessibility, or sticks out of the page where nothing scrolls. A picture is left for people. */
export async function faultsOf(page: Page, name: string): Promise<readonly string[]> {
  await page.screenshot({ path: `test-results/panel-${name}.png`, fullPage: true });
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  const stickingOut = await page.evaluate<string[]>(`
    [...document.querySelectorAll('main *, header *')]
      .filter((one) => one.checkVisibility() && one.closest('.overflow-x-auto, pre, .sr-only') === null)
      .filter((one) => one.getBoundingClientRect().right > innerWidth + 0.5)
      .map((one) => 'sticks out: ' + one.tagName + '.' + one.className)`);
  return [...violations.map(({ id, nodes }) => `${name}: ${id} ${nodes[0]?.html}`), ...stickingOut];
}
