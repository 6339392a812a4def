import { expect, it } from 'vitest';
import { LanePace } from './lane-pace.ts';
import { LineForSockets } from './line-for-sockets.ts';
import { OpenLane } from './open-lane.ts';
import type { ReadyDelivery } from './send-delivery.ts';
import { SHARES, SocketBudget } from './socket-budget.ts';

const WELL = { sign: 'well', retryAfterS: null } as const;

/** A lane with so many deliveries, whose last answer took so long. */
function laneOf(laneId: string, tenantId: string, tookMs: number | null, waiting = 1): OpenLane {
  const pace = new LanePace();
  if (tookMs !== null) pace.note({ ...WELL, tookMs });
  const lane = { kind: 'delivery', laneId, tenantId, lease: 'lease', generation: 0n } as const;
  const open = new OpenLane(lane, pace, Number.POSITIVE_INFINITY, 0);
  for (let i = 0; i < waiting; i++) open.waiting.push({} as ReadyDelivery);
  return open;
}

/** The lanes that get a socket, in their order; each keeps it. */
function served(line: LineForSockets, budget: SocketBudget): readonly string[] {
  const ids: string[] = [];
  for (let open = line.next(); open !== null; open = line.next()) {
    ids.push(open.lane.laneId);
    budget.take(open.pace.class, open.lane.tenantId);
  }
  return ids;
}

it('lanes of a class are served in the order in which they came, each once', () => {
  const budget = new SocketBudget({ socketsMax: 100, ...SHARES });
  const line = new LineForSockets(budget);
  const lanes = ['a', 'b', 'c'].map((id) => laneOf(id, id, 10));
  for (const lane of [...lanes, ...lanes]) line.add(lane, 0);
  expect(line.length).toBe(3);
  expect(served(line, budget)).toEqual(['a', 'b', 'c']);
});

it('those that answer late leave sockets to the others, and are next when one of theirs is free', () => {
  const budget = new SocketBudget({ socketsMax: 8, ...SHARES });
  const line = new LineForSockets(budget);
  for (let i = 0; i < 20; i++) line.add(laneOf(`slow${i}`, `ten_s${i}`, 5_000), 0);
  for (let i = 0; i < 4; i++) line.add(laneOf(`swift${i}`, `ten_w${i}`, 10), 0);
  expect([...served(line, budget)].sort()).toEqual(['slow0', 'slow1', 'swift0', 'swift1', 'swift2', 'swift3']);
  expect(line.length).toBe(18);
  budget.giveBack('slow', 'ten_s0');
  expect(served(line, budget)).toEqual(['slow2']);
});

it('a tenant that has its share stands aside until it gives one back, and holds up nobody', () => {
  const budget = new SocketBudget({ socketsMax: 8, ...SHARES });
  const line = new LineForSockets(budget);
  for (let i = 0; i < 6; i++) line.add(laneOf(`big${i}`, 'ten_big', 10), 0);
  for (let i = 0; i < 2; i++) line.add(laneOf(`small${i}`, 'ten_small', 10), 0);
  expect(served(line, budget)).toEqual(['big0', 'big1', 'big2', 'big3', 'small0', 'small1']);
  expect(line.length).toBe(2);
  budget.giveBack('swift', 'ten_big');
  line.bringBack('ten_big');
  expect(served(line, budget)).toEqual(['big4']);
});

it('a lane that has nothing to send any more, or as much under way as it bears, is passed over', () => {
  const budget = new SocketBudget({ socketsMax: 8, ...SHARES });
  const line = new LineForSockets(budget);
  const [emptied, busy, other] = [laneOf('emptied', 'a', 10), laneOf('busy', 'b', null, 5), laneOf('other', 'c', 10)];
  for (const lane of [emptied, busy, other]) line.add(lane, 0);
  emptied.waiting.length = 0;
  busy.underWay.set('whd_1', 0);
  expect(served(line, budget)).toEqual(['other']);
  expect(line.length).toBe(0);
});
