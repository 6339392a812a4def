import { BLUESNAP_DOUBLE } from '../bluesnap/bluesnap-conformance-fixture.ts';
import { BLUECOM_DOUBLE, NEOPAY_DOUBLE } from '../partner/partner-conformance-fixture.ts';
import { SANDBOX_DOUBLE } from '../sandbox/sandbox-conformance-fixture.ts';
import { SCANTOPAY_DOUBLE } from '../scantopay/scantopay-conformance-fixture.ts';
import { STRIPE_DOUBLE } from '../stripe/stripe-conformance-fixture.ts';
import type { DoubleKind } from './double.ts';

/** Every adapter there is, once for each wire it speaks. Adding one is its double and one line here. */
export const DOUBLES: readonly DoubleKind[] = [
  SANDBOX_DOUBLE,
  STRIPE_DOUBLE,
  BLUESNAP_DOUBLE,
  SCANTOPAY_DOUBLE,
  BLUECOM_DOUBLE,
  NEOPAY_DOUBLE,
];
