import { type BoundEndpoint, bindEndpoint } from '../platform/http/bind-endpoint.ts';
import { selectLanes } from '../platform/lane-facts.ts';
import * as api from './api.ts';
import { VERSION } from './beat.ts';
import { checkInstallation, isAlive, type SystemContext } from './check-installation.ts';
import { type JobFacts, selectJobs, selectProcesses } from './store.ts';

/** What the operator sees of the installation itself. */
export function systemRoutes(context: SystemContext): readonly BoundEndpoint[] {
  return [bindEndpoint(api.getSystem, async () => ({ body: await readSystem(context) }))];
}

async function readSystem(context: SystemContext): Promise<api.SystemAnswer> {
  const { clock, database } = context;
  const db = database.query;
  const now = clock.now();
  const [checks, processes, lanes, jobs] = await Promise.all([
    checkInstallation(context),
    selectProcesses(db),
    selectLanes(db, now),
    selectJobs(db, now),
  ]);
  return {
    object: 'system',
    version: VERSION,
    checks: checks.map((check) => ({ ...check })),
    processes: processes.map((one) => ({
      ...{ id: one.process_id, roles: one.roles, version: one.version, host: one.host },
      ...{ startedAt: one.started_at.toString(), seenAt: one.seen_at.toString(), alive: isAlive(one.seen_at, now) },
    })),
    lanes: lanes.map(({ kind, lanes: number, due, held, oldest_due_at: at }) => ({
      ...{ kind, lanes: number, due, held, oldestDueAt: at?.toString() ?? null },
    })),
    jobs: jobsJson(jobs),
  };
}

function jobsJson({ outbox, unsummed, undigested, mails }: JobFacts): api.SystemAnswer['jobs'] {
  return [
    { name: 'relay', waiting: outbox, description: 'Committed changes that were not passed on yet.' },
    { name: 'sums', waiting: unsummed, description: 'Tenants whose last hours were not summed up.' },
    { name: 'emails', waiting: undigested, description: 'Old payments that are not found by e-mail address yet.' },
    { name: 'mails', waiting: mails, description: 'Mails that were not sent yet.' },
  ];
}
