import type { MasterKeySettings } from '../platform/master-key-settings.ts';
import type { AwsCredentials } from './aws-signature.ts';
import { MasterKeyUnavailable } from './master-key.ts';
import { watchedFile } from './watched-file.ts';

/** Credentials as they are now: from the file where one is named, since those that are lent end and are renewed there. */
export function createReadAwsCredentials({
  credentialsFile,
  profile,
  accessKeyId,
  secretAccessKey,
  sessionToken,
}: MasterKeySettings['aws']): () => Promise<AwsCredentials> {
  if (credentialsFile !== null) {
    const read = watchedFile(credentialsFile, 'The AWS credentials');
    return async () => credentialsIn(await read(), profile);
  }
  return async () => {
    if (accessKeyId === null || secretAccessKey === null)
      throw new MasterKeyUnavailable('There are no AWS credentials');
    return { accessKeyId, secretAccessKey, sessionToken };
  };
}

/** https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html */
function credentialsIn(text: string, profile: string): AwsCredentials {
  const values = new Map<string, string>();
  let section = '';
  for (const line of text.split(/\r?\n/)) {
    const [, name] = /^\s*\[\s*([^\]]+?)\s*\]/.exec(line) ?? [];
    if (name !== undefined) section = name;
    const [, key = '', value = ''] = /^\s*([a-z_]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (section === profile && key !== '') values.set(key, value);
  }
  const accessKeyId = values.get('aws_access_key_id');
  const secretAccessKey = values.get('aws_secret_access_key');
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    throw new MasterKeyUnavailable(`The AWS credentials file has none for the profile ${profile}`);
  }
  return { accessKeyId, secretAccessKey, sessionToken: values.get('aws_session_token') ?? null };
}
