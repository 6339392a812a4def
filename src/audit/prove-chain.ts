import type { AuditContext } from './context.ts';
import { keyRing, publishedKeys } from './signing-key.ts';
import { selectChainState, selectLastCheckpoint } from './store-checkpoints.ts';
import { type AuditVerification, verifyAudit } from './verify-audit.ts';

type ProofContext = Pick<AuditContext, 'database' | 'clock'>;

/** How far a chain goes and is signed. */
export async function readAuditState({ database }: ProofContext, tenantId: string) {
  const [chain, last] = await Promise.all([
    selectChainState(database.query, tenantId),
    selectLastCheckpoint(database.query),
  ]);
  return { ...chain, lastCheckpoint: last === null ? null : { number: last.number, at: last.at.toString() } };
}

/**
 * Proves one chain after the other in this process, since each holds a connection for as long as it reads; who asks about
 * one that is being proven gets the same proof.
 */
export function createProver({ database, clock }: ProofContext): (tenantId: string) => Promise<AuditVerification> {
  const running = new Map<string, Promise<AuditVerification>>();
  let last: Promise<unknown> = Promise.resolve();
  const prove = async (tenantId: string) => {
    const published = await publishedKeys(database.query);
    const keys = keyRing(published.map(({ publicKey }) => publicKey));
    return verifyAudit(database.query, { tenantId, checkpoints: null, keys, now: clock.now() });
  };
  return (tenantId) => {
    const known = running.get(tenantId);
    if (known !== undefined) return known;
    const proof = last.then(() => prove(tenantId)).finally(() => running.delete(tenantId));
    running.set(tenantId, proof);
    last = proof.catch(() => undefined);
    return proof;
  };
}
