import type { ProblemCode } from '../../src/kernel/problem.ts';
import type { Scenario } from './refusal-stage.ts';

/** How each refusal comes about that the endpoints of settings declare. */
export const SETTINGS_SCENARIOS: Readonly<Record<string, Partial<Record<ProblemCode, Scenario>>>> = {
  updateSettings: {
    async state_conflict({ shop }) {
      const { version } = (await shop.send('GET', '/settings')).body;
      await shop.send('PATCH', '/settings', { body: { defaultMcc: '5411' } });
      return shop.send('PATCH', '/settings', { body: { version, defaultMcc: null } });
    },
  },
};
