import { newSecret } from '../kernel/id.ts';
import type { PeopleContext } from './people-context.ts';
import { hashSecret } from './secret-hash.ts';
import { insertChallenge, peekChallenge, takeChallenge } from './store-sessions.ts';

/** What a browser is asked for. An answer to one question answers no other. */
type ChallengePurpose = 'passkey_sign_in' | 'passkey_step_up' | 'passkey_new' | 'passkey_of_link' | 'totp_new' | 'oidc';

/** Time to find the authenticator, or to sign in elsewhere. */
const LIFETIME = { minutes: 10 };

interface ChallengeTopic {
  readonly purpose: ChallengePurpose;
  /** Whom alone it is for: a session's id, the hash of a link's token or of a cookie; empty: whoever has it. */
  readonly holder: string;
}

type ChallengeContext = Pick<PeopleContext, 'database' | 'clock' | 'directory'>;

/** Makes a challenge with what must be known again when it is answered, sealed. */
export async function newChallenge(
  context: ChallengeContext,
  topic: ChallengeTopic & { readonly content?: string },
): Promise<string> {
  const challenge = newSecret();
  await keepChallenge(context, challenge, topic);
  return challenge;
}

/** Keeps a challenge that others made. Some of those that nobody answered in time go with it. */
export async function keepChallenge(
  { database, clock, directory }: ChallengeContext,
  challenge: string,
  { purpose, holder, content }: ChallengeTopic & { readonly content?: string },
): Promise<void> {
  const challengeHash = hashSecret(challenge);
  const createdAt = clock.now();
  const contentSealed = content === undefined ? null : await directory.seal(placeOf(challengeHash), content);
  const expiresAt = createdAt.add(LIFETIME);
  await insertChallenge(database.query, { challengeHash, purpose, holder, contentSealed, createdAt, expiresAt });
}

/** Uses a challenge up; its content (empty where it has none), or null where it does not count: unknown, used, too old. */
export async function answerChallenge(
  { database, clock, directory }: ChallengeContext,
  challenge: string,
  { purpose, holder }: ChallengeTopic,
): Promise<string | null> {
  const challengeHash = hashSecret(challenge);
  const taken = await takeChallenge(database.query, { challengeHash, purpose, holder }, clock.now());
  return taken === undefined ? null : contentOf(directory, challengeHash, taken.contentSealed);
}

/** The content of a challenge that may be answered once more. */
export async function readChallenge(
  { database, clock, directory }: ChallengeContext,
  challenge: string,
  { purpose, holder }: ChallengeTopic,
): Promise<string | null> {
  const challengeHash = hashSecret(challenge);
  const kept = await peekChallenge(database.query, { challengeHash, purpose, holder }, clock.now());
  return kept === undefined ? null : contentOf(directory, challengeHash, kept.contentSealed);
}

async function contentOf(
  directory: PeopleContext['directory'],
  challengeHash: Buffer,
  sealed: Buffer | null,
): Promise<string> {
  return sealed === null ? '' : directory.open(placeOf(challengeHash), sealed);
}

function placeOf(challengeHash: Buffer): readonly [string, string, string] {
  return ['challenges', 'content_sealed', challengeHash.toString('hex')];
}
