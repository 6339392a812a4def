import { assert } from '../../../kernel/assert.ts';
import { currencyExponent } from '../../../kernel/currency.ts';
import type { PaymentProvider } from '../../provider.ts';
import type {
  CaseFinding,
  Certification,
  CertificationRun,
  CertificationSurroundings,
} from '../../provider-certification.ts';
import { schemeOf } from '../describe-partner-webhook.ts';
import type { PartnerCall } from '../partner-client.ts';
import { type PartnerCredentials, profileOf } from '../partner-credentials.ts';
import { PARTNER_CASES } from './cases.ts';
import { shown } from './evidence.ts';
import { Findings, Halt } from './findings.ts';
import type { Stage } from './stage.ts';

const DEFAULT_CURRENCY = 'EUR';
/** Enough to be divided, and no more than a test account would have a limit for. */
const WHOLE_UNITS: Readonly<Record<number, bigint>> = { 0: 100_000n, 2: 100n, 3: 10n };

/** The acceptance cases of partner gateways, run through their own adapter. */
export function certifyPartner(provider: PaymentProvider<PartnerCredentials>): Certification<PartnerCredentials> {
  return {
    cases: PARTNER_CASES.map(({ work: _, ...description }) => description),
    defaultAmount(credentials, preferred = DEFAULT_CURRENCY) {
      const { currencies } = profileOf(credentials);
      const currency =
        currencies === 'any' || currencies.includes(preferred) ? preferred : (currencies[0] ?? preferred);
      const exponent = currencyExponent(currency);
      return { amount: (WHOLE_UNITS[exponent] ?? 100n) * 10n ** BigInt(exponent), currency };
    },
    facts(credentials) {
      const profile = profileOf(credentials);
      return [
        { name: 'Contract', value: profile.title },
        { name: 'Merchant code', value: credentials.merchantCode },
        { name: 'API address', value: credentials.apiUrl },
        { name: 'Signatures', value: schemeOf(profile, credentials) },
      ];
    },
    begin: (call, around) => beginRun(provider, call, around),
  };
}

function beginRun(
  provider: PaymentProvider<PartnerCredentials>,
  { previousCredentials: _, ...call }: PartnerCall,
  around: CertificationSurroundings,
): CertificationRun {
  const shared = {
    exchanges: [],
    orders: new Map(),
    asked: new Map(),
    refunds: new Map(),
    givenBack: new Set<string>(),
  };
  const stage: Stage = { provider, call, profile: profileOf(call.credentials), around, ...shared };
  return { run: (caseId) => runCase(stage, caseId) };
}

async function runCase(stage: Stage, caseId: string): Promise<CaseFinding> {
  const each = PARTNER_CASES.find(({ id }) => id === caseId);
  assert(each !== undefined, 'There is such a case');
  const found = new Findings(caseId);
  if (stage.call.mode === 'live' && !each.liveSafe) {
    return found.finish(new Halt('not_run', 'It begins what could be paid, and is for sandboxes only.', false));
  }
  try {
    await each.work(stage, found);
    return withoutSecrets(stage, found.finish(null));
  } catch (error) {
    if (error instanceof Halt) return withoutSecrets(stage, found.finish(error));
    throw error;
  }
}

/** Sentences quote what the partner said, which may be anything; evidence is cleaned where it is made. */
function withoutSecrets({ call }: Stage, finding: CaseFinding): CaseFinding {
  const checks = finding.checks.map((check) => ({ ...check, found: shown(call, check.found) }));
  return { ...finding, reason: shown(call, finding.reason), checks };
}
