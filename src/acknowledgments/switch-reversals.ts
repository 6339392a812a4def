import { SYSTEM } from '../keys/sealer.ts';
import type { RaiseAlarm } from '../notifications/alarm.ts';
import type { Database } from '../platform/database.ts';
import { type AckSwitch, saveSwitch } from './store-circumstances.ts';

/** Moves the switch of a tenant, or of all, and has everybody hear of it. Counts for whatever is asked for from now on. */
export async function switchReversals(
  { database, raiseAlarm }: { readonly database: Database; readonly raiseAlarm: RaiseAlarm },
  moved: AckSwitch,
): Promise<void> {
  await database.transaction(async (tx) => {
    await saveSwitch(tx, moved);
    const { tenantId, enabled, reason, changedBy } = moved;
    const facts = {
      enabled: enabled ? 'on' : 'off',
      reason,
      changedBy,
      whole: tenantId === SYSTEM ? 'installation' : null,
    };
    await raiseAlarm(tx, { tenantId, mode: 'live', kind: 'ack_switch_moved', facts });
  });
}
