import { type Desk, nowMs } from './desk.ts';
import { Refusal } from './refusal.ts';

const SECRETS_MAX = 2;

/** Opens a merchant's account with its first secret; the same one again changes nothing. @throws Refusal merchant_exists */
export function openMerchant(desk: Desk, code: string, secret: string): void {
  desk.store.transaction(() => {
    const secrets = desk.store.secretsOf(code);
    if (secrets.includes(secret)) return;
    if (secrets.length > 0) throw new Refusal('merchant_exists', 'This merchant has an account with another secret');
    desk.store.insertMerchant(code, nowMs(desk));
    desk.store.insertSecret(code, secret);
  });
}

/** Adds a secret for a rotation. Two are valid at a time; a third retires the oldest. */
export function addSecret(desk: Desk, code: string, secret: string): void {
  desk.store.transaction(() => {
    const secrets = desk.store.secretsOf(code);
    if (secrets.includes(secret)) return;
    const [oldest] = secrets;
    if (oldest !== undefined && secrets.length >= SECRETS_MAX) desk.store.deleteSecret(code, oldest);
    desk.store.insertSecret(code, secret);
  });
}
