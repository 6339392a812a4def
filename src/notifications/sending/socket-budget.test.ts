import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LaneClass } from './lane-pace.ts';
import { SHARES, SocketBudget } from './socket-budget.ts';

function budgetOf(socketsMax: number, taken: Partial<Record<LaneClass, number>> = {}): SocketBudget {
  const budget = new SocketBudget({ socketsMax, ...SHARES });
  let tenant = 0;
  for (const [laneClass, count] of Object.entries(taken)) {
    for (let i = 0; i < count; i++) budget.take(laneClass as LaneClass, `ten_${tenant++}`);
  }
  return budget;
}

describe('800 sockets', () => {
  it('are all there for receivers that answer at once', () => {
    expect(budgetOf(800, { swift: 799 }).shortage('swift', 'ten_x')).toBeNull();
    expect(budgetOf(800, { swift: 800 }).shortage('swift', 'ten_x')).toBe('all');
  });

  it('are a quarter for those that answer late, three quarters for them and the unknown together', () => {
    expect(budgetOf(800, { slow: 199 }).shortage('slow', 'ten_x')).toBeNull();
    expect(budgetOf(800, { slow: 200 }).shortage('slow', 'ten_x')).toBe('slow');
    expect(budgetOf(800, { slow: 200, unproven: 399 }).shortage('unproven', 'ten_x')).toBeNull();
    expect(budgetOf(800, { slow: 200, unproven: 400 }).shortage('unproven', 'ten_x')).toBe('unproven');
    expect(budgetOf(800, { slow: 200, unproven: 400 }).shortage('swift', 'ten_x')).toBeNull();
  });

  it('are half for one tenant, whatever its receivers are like', () => {
    const budget = budgetOf(800);
    for (let i = 0; i < 400; i++) budget.take('swift', 'ten_x');
    expect(budget.shortage('swift', 'ten_x')).toBe('tenant');
    expect(budget.shortage('swift', 'ten_y')).toBeNull();
    budget.giveBack('swift', 'ten_x');
    expect(budget.shortage('swift', 'ten_x')).toBeNull();
  });

  it('are counted anew where a receiver proves to be another than it was taken for', () => {
    const budget = budgetOf(800, { unproven: 600 });
    expect(budget.shortage('unproven', 'ten_x')).toBe('unproven');
    budget.move(50, 'unproven', 'swift');
    expect(budget.shortage('unproven', 'ten_x')).toBeNull();
    budget.move(300, 'unproven', 'slow');
    expect(budget.shortage('slow', 'ten_x')).toBe('slow');
  });
});

it('a budget is never exceeded, and what is given back is there again', () => {
  const classes = fc.constantFrom<LaneClass>('swift', 'unproven', 'slow');
  const tenant = fc.constantFrom('ten_1', 'ten_2', 'ten_3');
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.array(fc.tuple(fc.boolean(), classes, tenant)), (max, steps) => {
      const budget = budgetOf(max);
      const held: [LaneClass, string][] = [];
      for (const [takes, laneClass, tenantId] of steps) {
        const last = takes ? undefined : held.pop();
        if (last !== undefined) budget.giveBack(...last);
        else if (budget.shortage(laneClass, tenantId) === null) {
          budget.take(laneClass, tenantId);
          held.push([laneClass, tenantId]);
        }
        expect(budget.used).toBe(held.length);
        expect(budget.used).toBeLessThanOrEqual(max);
      }
      for (const one of held) budget.giveBack(...one);
      expect(budget.used).toBe(0);
    }),
  );
});
