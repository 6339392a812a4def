import type { ProblemCode } from '../../src/kernel/problem.ts';
import type { Answer } from '../support/api-client.ts';
import type { Scenario, Stage } from './refusal-stage.ts';

/** Of what nothing may be sold. */
export const SOLD_OUT = { description: 'Airtime', quantity: 1, destination: '0821234567', itemType: 'NO_MORE_OF_THIS' };

/** A basket of a kind of item that nothing else in the suite sells, without any room. */
export async function withoutRoom({ shop }: Stage, act: () => Promise<Answer>): Promise<Answer> {
  const body = { itemTypes: ['NO_MORE_OF_THIS'], per: 'destination', dailyMax: 0 };
  const { id } = (await shop.send('POST', '/limit-baskets', { body })).body;
  try {
    return await act();
  } finally {
    await shop.send('DELETE', `/limit-baskets/${id}`);
  }
}

export const createBeyondLimit: Scenario = (stage) =>
  withoutRoom(stage, () => stage.shop.create({ cartItems: [{ ...SOLD_OUT, value: 100 }] }));

export const createTransactionBeyondLimit: Scenario = (stage) =>
  withoutRoom(stage, () =>
    stage.shop.send('POST', '/bluebox/secure/createTx', {
      body: {
        ...{ reference: 'beyond-limit', callbackUrl: 'https://shop.example/done', amount: '1.00' },
        cartItems: [{ ...SOLD_OUT, value: '1.00' }],
      },
    }),
  );

/** Adds one basket after the other until it is refused. */
async function addTooMany({ shop }: Stage): Promise<Answer> {
  const ids: string[] = [];
  for (;;) {
    const body = { itemTypes: ['NOTHING'], per: 'merchant', dailyMax: 1 };
    const answer = await shop.send('POST', '/limit-baskets', { body });
    if (answer.status === 201 && ids.length < 30) {
      ids.push(answer.body.id);
      continue;
    }
    for (const id of ids) await shop.send('DELETE', `/limit-baskets/${id}`);
    return answer;
  }
}

/** How each refusal comes about that the endpoints of limit baskets declare. */
export const LIMIT_SCENARIOS: Readonly<Record<string, Partial<Record<ProblemCode, Scenario>>>> = {
  createLimitBasket: { state_conflict: addTooMany },
};
