import { existsSync } from 'node:fs';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * What takes more than ten seconds, the longest first. A fresh clone knows nothing of earlier runs, and a long file that
 * is begun last has every other worker wait for it.
 */
const LONG: readonly string[] = [
  'test/crash/flow.test.ts',
  'test/browser/page-states.test.ts',
  'test/flows/listen.test.ts',
  'test/crash/failover.test.ts',
  'src/providers/conformance.test.ts',
  'test/crash/ack-deadlines.test.ts',
  'test/security/tenancy.test.ts',
  'test/flows/certify.test.ts',
  'test/browser/buy-in-shop.test.ts',
  'test/crash/random-kills.test.ts',
  'test/crash/deliveries.test.ts',
  'test/flows/delivery-engine.test.ts',
  'test/flows/ack-safety.test.ts',
  'test/flows/notifications.test.ts',
  'test/flows/ack-deadlines.test.ts',
  'test/crash/qr-codes.test.ts',
  'test/browser/panel-work.test.ts',
  'test/flows/contradicting-signals.test.ts',
  'test/flows/endpoint-health.test.ts',
  'src/retention/tend-partitions.test.ts',
  'src/checkout/page/page-in-browser.test.ts',
  'test/flows/installation.test.ts',
  'test/browser/pay-in-frame.test.ts',
  'test/crash/evidence.test.ts',
  'test/crash/complete.test.ts',
  'test/browser/pay-by-card.test.ts',
  'test/flows/provider-doubt.test.ts',
  'src/platform/prepare-database.test.ts',
  'src/providers/partner/partner-answers.test.ts',
];

/**
 * Begins the files that take longest before all others of their project. Those without a database come first, so that
 * short files remain for the end of all, whichever worker gets there first.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { root } = this.ctx.config;
    const gone = LONG.filter((path) => !existsSync(`${root}/${path}`));
    if (gone.length > 0) throw new Error(`longest-first.ts names files that are not there: ${gone.join(', ')}`);
    const ranks = new Map(LONG.map((path, rank) => [`${root}/${path}`, rank]));
    const rankOf = ({ moduleId }: TestSpecification): number => ranks.get(moduleId) ?? LONG.length;
    const sorted = await super.sort(files);
    return sorted.sort((a, b) => a.project.name.localeCompare(b.project.name) || rankOf(a) - rankOf(b));
  }
}
