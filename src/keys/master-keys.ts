import { isOfAws, isOfVault, type MasterKeySettings } from '../platform/master-key-settings.ts';
import type { OutboundHttp } from '../platform/outbound-http.ts';
import { createReadAwsCredentials } from './aws-credentials.ts';
import { awsKmsKey } from './aws-kms.ts';
import { localMasterKey, type MasterKey, MasterKeyUnavailable } from './master-key.ts';
import { vaultTransitKey } from './vault-transit.ts';

/** The master keys that are loaded: one wraps, all unwrap what they wrapped. */
export interface MasterKeys {
  readonly primary: MasterKey;
  readonly all: readonly MasterKey[];
  /** @throws MasterKeyUnavailable where it is not loaded, named by its id */
  named(id: string): MasterKey;
}

/** The first of them is the primary one. */
export function masterKeysFrom(primary: MasterKey, previous: readonly MasterKey[] = []): MasterKeys {
  const all = [primary, ...previous];
  const byId = new Map(all.map((key) => [key.id, key]));
  return {
    primary,
    all,
    named(id) {
      const key = byId.get(id);
      if (key === undefined) throw new MasterKeyUnavailable(`Master key ${id} is not loaded`);
      return key;
    },
  };
}

/** The master keys as they were configured; `http` reaches those that lie elsewhere, also in private networks. */
export function openMasterKeys(primary: string, settings: MasterKeySettings, http: OutboundHttp): MasterKeys {
  const readCredentials = createReadAwsCredentials(settings.aws);
  const open = (text: string): MasterKey => {
    if (isOfAws(text)) return awsKmsKey(text, { http, readCredentials, url: settings.aws.url });
    if (isOfVault(text)) return vaultTransitKey(text, { http, ...settings.vault });
    return localMasterKey(text);
  };
  return masterKeysFrom(
    open(primary),
    settings.previous.map((text) => open(text)),
  );
}
