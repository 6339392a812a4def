/** How many data keys a master key wraps. */
export interface MasterKeyUse {
  readonly id: string;
  readonly dataKeys: number;
}

/** A version of a tenant's data key, without the key. */
export interface TenantKey {
  readonly version: number;
  readonly masterKeyId: string;
  /** `readable`: opens what it sealed until that is sealed anew; `destroyed`: there is no such key any more. */
  readonly state: 'primary' | 'readable' | 'destroyed';
  readonly createdAt: Temporal.Instant;
  readonly retiredAt: Temporal.Instant | null;
}

/** A key that signs access tokens, without its private half. */
export interface TokenKey {
  readonly kid: string;
  readonly state: 'next' | 'primary' | 'readable';
  readonly createdAt: Temporal.Instant;
  readonly retiredAt: Temporal.Instant | null;
}
