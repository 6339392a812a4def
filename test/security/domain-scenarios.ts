import type { ProblemCode } from '../../src/kernel/problem.ts';
import type { ResolveTxt } from '../../src/platform/txt-records.ts';
import type { Answer } from '../support/api-client.ts';
import type { Scenario, Stage } from './refusal-stage.ts';

/** Proves one domain after the other until it is refused; DNS says what it must. */
async function proveTooMany({ tollgate, shop }: Stage): Promise<Answer> {
  const domains = tollgate.tollgate.gateway.domains as { resolveTxt: ResolveTxt };
  const { resolveTxt } = domains;
  const texts: string[] = [];
  domains.resolveTxt = async () => ({ kind: 'found', texts });
  try {
    for (let index = 0; ; index++) {
      const claimed = await shop.send('POST', '/domains', { body: { domain: `many${index}.shop.example` } });
      texts.push(claimed.body.record.value);
      const answer = await shop.send('POST', `/domains/${claimed.body.id}/check`);
      if (answer.status !== 200 || index > 20) return answer;
    }
  } finally {
    domains.resolveTxt = resolveTxt;
  }
}

/** How each refusal comes about that the endpoints of domains declare. */
export const DOMAIN_SCENARIOS: Readonly<Record<string, Partial<Record<ProblemCode, Scenario>>>> = {
  createDomain: {
    async state_conflict({ shop }) {
      const body = { domain: 'twice.shop.example' };
      await shop.send('POST', '/domains', { body });
      return shop.send('POST', '/domains', { body });
    },
  },
  checkDomain: { too_many_requests: proveTooMany },
};
