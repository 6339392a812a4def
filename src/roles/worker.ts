import { forgetSigningKeys } from '../access/rotate-signing-key.ts';
import { createDeadlineGuard } from '../acknowledgments/guard-deliveries.ts';
import { ACK_LEASE_MS, ackLane } from '../acknowledgments/jobs.ts';
import { finishApprovals } from '../approvals/jobs.ts';
import { keepAudit } from '../audit/jobs.ts';
import { disputeWork, evidenceWork } from '../disputes/jobs.ts';
import { DOMAIN_LEASE_MS, domainLane } from '../domains/check-domain.ts';
import { RELAYED_MAX, type RelayContext, relayHandedOver, relayOutbox } from '../events/relay-outbox.ts';
import { INBOUND_LEASE_MS, inboundLane } from '../inbound/process-inbound.ts';
import { type KeyJobContext, tendKeys } from '../keys/jobs.ts';
import { SYSTEM } from '../keys/sealer.ts';
import { raiseAlarm } from '../mail/raise-alarm.ts';
import { MAIL_LEASE_MS, sendMails } from '../mail/send-mails.ts';
import { fanOutEvents } from '../notifications/fan-out-events.ts';
import { keepForListeners } from '../notifications/follow-events.ts';
import { createHoldPaused } from '../notifications/hold-paused.ts';
import { REPLAY_LEASE_MS, replayLane } from '../notifications/replay-lane.ts';
import { deliverLanes } from '../notifications/sending/deliver-lanes.ts';
import { wakeForgottenLanes } from '../notifications/sending/find-forgotten-lanes.ts';
import { rollUpActivity } from '../overview/jobs.ts';
import { digestOldEmails } from '../payments/digest-emails.ts';
import { EXPIRY_LEASE_MS, expiryLane, SYNC_LEASE_MS, syncLane } from '../payments/jobs.ts';
import { pause } from '../platform/deadline.ts';
import { runLaneLoop } from '../platform/lane-loop.ts';
import type { ClaimedLane, LaneKind } from '../platform/lanes.ts';
import { forInstallation } from '../platform/tenant-scope.ts';
import { RECONCILE_LEASE_MS, reconcileLane } from '../reconciliation/jobs.ts';
import { keepRetention } from '../retention/jobs.ts';
import { approvalRunner } from './approvals.ts';
import type { Gateway } from './gateway.ts';

interface Worker {
  /** Resolves when what is under way is done; nothing new is begun. */
  stop(): Promise<void>;
}

/** How often the outbox is looked at while other processes have lately put something in, and while they have not. */
const RELAY_POLL_MS = 50;
const RELAY_IDLE_POLL_MS = 300;
const RELAY_IDLE_AFTER_MS = 5_000;
/** Between two cycles under load, so that one cycle passes on many rows. */
const RELAY_GAP_MS = 10;
/** Work that is due now is announced by the relay; only what becomes due by itself waits for the poll. */
const LANE_POLL_MS = 500;
const PAUSE_AFTER_FAILURE_MS = 1_000;

/** Runs the relay and the lanes of every kind. Any number of workers may run over one database. */
export function startWorker(gateway: Gateway): Worker {
  const stopping = new AbortController();
  const { payments, notifications, log } = gateway;
  const besides = [evidenceWork(payments), disputeWork(payments)];
  // What is set aside arms nothing; and a deadline may change what became of a delivery before it counts for the endpoint.
  const hooks = [createHoldPaused(notifications), createDeadlineGuard(payments), ...gateway.deliveryHooks];
  const deliver = { ...notifications, log, wakeup: gateway.wakeup, http: gateway.deliveryHttp, hooks };
  const loops = [
    relayLoop(gateway, stopping.signal),
    laneLoop('inbound', 4, INBOUND_LEASE_MS, (lane) => inboundLane(payments, log, lane)),
    laneLoop('sync', 4, SYNC_LEASE_MS, (lane) => syncLane(payments, lane, besides)),
    laneLoop('expiry', 2, EXPIRY_LEASE_MS, (lane) => expiryLane(payments, lane)),
    laneLoop('domain', 2, DOMAIN_LEASE_MS, (lane) => domainLane(gateway.domains, lane)),
    laneLoop('ack', 4, ACK_LEASE_MS, (lane) => ackLane(payments, lane)),
    laneLoop('reconcile', 2, RECONCILE_LEASE_MS, (lane) => reconcileLane({ ...payments, log }, lane)),
    deliverLanes(deliver, stopping.signal),
    laneLoop('mail', 2, MAIL_LEASE_MS, (lane) => sendMails(gateway.mail, lane)),
    wakeForgottenLanes(deliver, stopping.signal),
    digestOldEmails({ ...payments, log }, stopping.signal),
    rollUpActivity({ ...payments, log }, stopping.signal),
    keepRetention({ ...payments, log, retention: gateway.config.retention }, stopping.signal),
    tendKeys(keyJobs(gateway), stopping.signal),
    forInstallation('audit', () => keepAudit(auditJobs(gateway), stopping.signal)),
    finishApprovals(approvalRunner(gateway), stopping.signal),
    laneLoop('replay', 2, REPLAY_LEASE_MS, (lane) => replayLane(notifications, lane)),
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

/** The operator is mailed the first checkpoint of each day, where they want that; a mail is out of the database's reach. */
function auditJobs({ payments, log, config, mail }: Gateway): Parameters<typeof keepAudit>[0] {
  const base = { ...payments, log, checkpointsFolder: config.auditCheckpointsDir };
  if (!config.auditCheckpointsMail) return base;
  return {
    ...base,
    witness: (tx, { number, at, hash }) =>
      raiseAlarm(mail, tx, {
        ...{
          tenantId: SYSTEM,
          mode: 'live',
          kind: 'audit_checkpoint',
          key: at.toString().slice(0, 'YYYY-MM-DD'.length),
        },
        facts: { checkpoint: number, at: at.toString(), sha256: hash },
      }),
  };
}

function keyJobs({ keys, clock, log, metrics }: Gateway): KeyJobContext {
  const help = 'Sealed values that were sealed anew after a rotation of their data key';
  const resealed = metrics.counter('tollgate_resealed_values_total', help);
  return {
    ...{ ...keys, log },
    resealed: (count) => resealed.add(count),
    forgetTokenKeys: () => forgetSigningKeys(keys.database.query, clock.now()),
  };
}

/**
 * Passes on what this process hands over as soon as it does, and looks every now and then for what others left; wakes the
 * loops that it gave work to.
 */
async function relayLoop(gateway: Gateway, signal: AbortSignal): Promise<void> {
  const { clock, log, wakeup, relayInbox: inbox } = gateway;
  const context: RelayContext = {
    database: gateway.backgroundDatabase,
    clock,
    fanOut: (db, events) => fanOutEvents(db, clock, events),
    keep: keepForListeners,
    wake: (kind) => wakeup.notify(kind),
  };
  inbox.open();
  let lookAt = 0;
  let lastFoundAt = Number.NEGATIVE_INFINITY;
  while (!signal.aborted) {
    try {
      const handed = inbox.take(RELAYED_MAX);
      if (handed.length > 0) await relayHandedOver(context, handed);
      if (performance.now() >= lookAt) {
        const found = await relayOutbox(context, inbox);
        if (found > 0) lastFoundAt = performance.now();
        lookAt = performance.now() + pauseBeforeLooking(found, performance.now() - lastFoundAt);
      }
      if (handed.length > 0) await pause(RELAY_GAP_MS, signal);
      if (inbox.isEmpty) await wakeup.wait('relay', Math.max(0, lookAt - performance.now()), signal);
    } catch (error) {
      log.warn({ error }, 'The outbox could not be relayed');
      lookAt = 0;
      await pause(PAUSE_AFTER_FAILURE_MS, signal);
    }
  }
}

function pauseBeforeLooking(found: number, sinceFoundMs: number): number {
  if (found > 0) return RELAY_GAP_MS;
  return sinceFoundMs < RELAY_IDLE_AFTER_MS ? RELAY_POLL_MS : RELAY_IDLE_POLL_MS;
}
