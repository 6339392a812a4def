import { evidenceWork } from '../disputes/jobs.ts';
import { relayOutbox } from '../events/relay-outbox.ts';
import { INBOUND_LEASE_MS, inboundLane } from '../inbound/process-inbound.ts';
import { DELIVERY_LEASE_MS, deliverLane } from '../notifications/deliver-lane.ts';
import { fanOutEvents } from '../notifications/fan-out-events.ts';
import { EXPIRY_LEASE_MS, expiryLane, SYNC_LEASE_MS, syncLane } from '../payments/jobs.ts';
import { pause } from '../platform/deadline.ts';
import { runLaneLoop } from '../platform/lane-loop.ts';
import type { ClaimedLane, LaneKind } from '../platform/lanes.ts';
import type { Gateway } from './gateway.ts';

interface Worker {
  /** Resolves when what is under way is done; nothing new is begun. */
  stop(): Promise<void>;
}

/** How often the outbox is looked at while other processes have lately put something in, and while they have not. */
const RELAY_POLL_MS = 50;
const RELAY_IDLE_POLL_MS = 300;
const RELAY_IDLE_AFTER_MS = 5_000;
/** Between two cycles under load, so that one cycle passes on many rows: a third of the relay's cost, 10 ms of delay. */
const RELAY_GAP_MS = 10;
/** Work that is due now is announced by the relay; only what becomes due by itself waits for the poll. */
const LANE_POLL_MS = 500;
const PAUSE_AFTER_FAILURE_MS = 1_000;

/** Runs the relay and the lanes of every kind. Any number of workers may run over one database. */
export function startWorker(gateway: Gateway): Worker {
  const stopping = new AbortController();
  const { payments, notifications, log } = gateway;
  const evidence = evidenceWork(payments);
  const deliver = { ...notifications, http: gateway.deliveryHttp };
  const loops = [
    relayLoop(gateway, stopping.signal),
    laneLoop('inbound', 4, INBOUND_LEASE_MS, (lane) => inboundLane(payments, log, lane)),
    laneLoop('sync', 4, SYNC_LEASE_MS, (lane) => syncLane(payments, lane, [evidence])),
    laneLoop('expiry', 2, EXPIRY_LEASE_MS, (lane) => expiryLane(payments, lane)),
    laneLoop('delivery', 32, DELIVERY_LEASE_MS, (lane) => deliverLane(deliver, lane)),
  ];
  return {
    async stop() {
      stopping.abort();
      await Promise.all(loops);
    },
  };

  function laneLoop(
    kind: LaneKind,
    lanesMax: number,
    leaseMs: number,
    handle: (lane: ClaimedLane) => Promise<void>,
  ): Promise<void> {
    const { wakeup, clock } = gateway;
    const { database } = payments;
    return runLaneLoop(
      { kind, database, clock, log, wakeup, handle, lanesMax, leaseMs, pollMs: LANE_POLL_MS },
      stopping.signal,
    );
  }
}

/** Passes on the outbox until told to stop, and wakes the loops that it gave work to. */
async function relayLoop({ payments, clock, log, wakeup }: Gateway, signal: AbortSignal): Promise<void> {
  const { database } = payments;
  const context = {
    database,
    clock,
    fanOut: (tx: Parameters<typeof fanOutEvents>[0], ids: Parameters<typeof fanOutEvents>[2]) =>
      fanOutEvents(tx, clock, ids),
    wake: (kind: LaneKind) => wakeup.notify(kind),
  };
  let lastWorkMs = 0;
  while (!signal.aborted) {
    try {
      if ((await relayOutbox(context)) > 0) {
        lastWorkMs = performance.now();
        await pause(RELAY_GAP_MS, signal);
        continue;
      }
      const idle = performance.now() - lastWorkMs > RELAY_IDLE_AFTER_MS;
      await wakeup.wait('relay', idle ? RELAY_IDLE_POLL_MS : RELAY_POLL_MS, signal);
    } catch (error) {
      log.warn({ error }, 'The outbox could not be relayed');
      await wakeup.wait('relay', PAUSE_AFTER_FAILURE_MS, signal);
    }
  }
}
