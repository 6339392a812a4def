import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { ManualClock } from '../kernel/clock.ts';
import { localMasterKey, newMasterKeyText } from '../keys/master-key.ts';
import { masterKeysFrom } from '../keys/master-keys.ts';
import { createSealer, SYSTEM } from '../keys/sealer.ts';
import { type Database, openDatabase } from '../platform/database.ts';
import { createLogger } from '../platform/log.ts';
import type { NewEntry } from './entry.ts';
import { appendEntry } from './store.ts';
import type { CheckpointContext } from './take-checkpoints.ts';

/** A database with chains of entries, as the running role, and an attacker who owns it. */
export interface AuditDesk {
  readonly context: CheckpointContext & { readonly clock: ManualClock };
  /** As the superuser. */
  readonly owner: TestDatabase;
  readonly folder: string;
  append(tenantId: string, entries: number, fields?: Partial<NewEntry>): Promise<void>;
  close(): Promise<void>;
}

export async function openAuditDesk(): Promise<AuditDesk> {
  const owner = await createTestDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'tollgate-audit-'));
  const database: Database = openDatabase({ url: owner.runtimeUrl, connectionsMax: 4, applicationName: 'audit test' });
  const clock = new ManualClock('2026-11-21T12:00:00Z');
  const sealer = createSealer(database.query, masterKeysFrom(localMasterKey(newMasterKeyText())), clock);
  await sealer.storeDataKey(database.query, await sealer.newDataKey(SYSTEM));
  const log = createLogger({ level: 'silent' });
  return {
    context: { database, clock, sealer, log },
    owner,
    folder,
    async append(tenantId, entries, fields = {}) {
      for (let left = entries; left > 0; left--) {
        clock.advance({ seconds: 1 });
        await database.transaction((tx) => appendEntry(tx, { ...sampleEntry(tenantId, clock.now()), ...fields }));
      }
    },
    async close() {
      await database.close();
      await owner.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function sampleEntry(tenantId: string, at: Temporal.Instant): NewEntry {
  return {
    ...{ tenantId, at, class: 'change', mode: 'test', actor: 'key:key_1', address: '192.0.2.7', correlationId: 'c-1' },
    ...{ action: 'updateProduct', targetType: 'product', targetId: 'prd_1', outcome: 'done' },
    details: { fields: [{ field: 'name', before: 'Téa', after: 'Café, 2€' }] },
  };
}
