import { CatalogBroken, type MessageKind } from './message-kinds.ts';
import { MESSAGE_KINDS, type Messages } from './messages.ts';

/**
 * A translator's file as the words of a language. Every sentence is there, with its values, and nothing else is.
 * @throws CatalogBroken naming language and sentence
 */
export function readCatalog(language: string, json: string): Messages {
  let entries: unknown;
  try {
    entries = JSON.parse(json);
  } catch (error) {
    throw new CatalogBroken(`${language}.json is not JSON: ${error instanceof Error ? error.message : ''}`);
  }
  return readGroup(MESSAGE_KINDS, entries, { language, path: '' }) as Messages;
}

interface Group {
  readonly [name: string]: MessageKind<unknown> | Group;
}

interface Place {
  readonly language: string;
  /** Of the group, with a dot at its end. */
  readonly path: string;
}

function readGroup(kinds: Group, entries: unknown, { language, path }: Place): Readonly<Record<string, unknown>> {
  const broken = (name: string, rule: string) => new CatalogBroken(`${language}.json: ${path}${name} ${rule}`);
  const given = new Map(Object.entries(typeof entries === 'object' && entries !== null ? entries : {}));
  const messages = Object.entries(kinds).map(([name, kind]) => {
    const entry = given.get(name);
    if (!given.delete(name)) throw broken(name, 'is missing');
    if (!isKind(kind)) return [name, readGroup(kind, entry, { language, path: `${path}${name}.` })];
    try {
      return [name, kind.read(entry, language)];
    } catch (error) {
      throw error instanceof CatalogBroken ? broken(name, error.message) : error;
    }
  });
  const [extra] = given.keys();
  if (extra !== undefined) throw broken(extra, 'is no sentence of the page');
  return Object.fromEntries(messages);
}

function isKind(kind: MessageKind<unknown> | Group): kind is MessageKind<unknown> {
  return typeof kind.read === 'function';
}
