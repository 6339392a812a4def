import type { PersonCaller } from '../kernel/caller.ts';
import type { PeopleContext } from './people-context.ts';
import { updateName } from './store-users.ts';

/** Gives somebody another name. The record of what they did knows them by their id, and stays what it is. */
export async function changeName(
  { database, clock, directory }: PeopleContext,
  { userId }: PersonCaller,
  name: string,
): Promise<void> {
  const sealed = await directory.seal(['users', 'name_sealed', userId], name);
  await database.transaction((tx) => updateName(tx, userId, sealed, clock.now()));
}
