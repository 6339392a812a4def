import type { TestDatabase } from './database.ts';

/** One value of one row as a thief with the whole database could read it. */
export interface DumpedValue {
  readonly place: string;
  readonly text: string;
}

/** Every value of every table: as text; bytes as hex, as UTF-8 and one character a byte. */
export async function dumpDatabase(database: TestDatabase): Promise<readonly DumpedValue[]> {
  const columns = await database.run<{ table_name: string; column_name: string; data_type: string }>(
    `select table_name, column_name, data_type from information_schema.columns
     where table_schema = 'public' order by table_name, ordinal_position`,
  );
  const values: DumpedValue[] = [];
  for (const { table_name, column_name, data_type } of columns) {
    const place = `${table_name}.${column_name}`;
    if (data_type === 'bytea') {
      const rows = await database.run<{ bytes: Buffer | null }>(
        `select "${column_name}" as bytes from "${table_name}"`,
      );
      for (const { bytes } of rows) values.push(...readings(bytes).map((text) => ({ place, text })));
    } else {
      const rows = await database.run<{ text: string | null }>(
        `select "${column_name}"::text as text from "${table_name}"`,
      );
      for (const { text } of rows) if (text !== null) values.push({ place, text });
    }
  }
  return values;
}

function readings(bytes: Buffer | null): readonly string[] {
  return bytes === null ? [] : [bytes.toString('hex'), bytes.toString('utf8'), bytes.toString('latin1')];
}

/** The spellings in which a secret may have got somewhere: itself, in hex, in both kinds of base64, in JSON, in a URL. */
export function spellingsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  const base64 = bytes.toString('base64').replace(/=+$/, '');
  return [
    ...new Set([
      secret,
      bytes.toString('hex'),
      // The last letter depends on what follows.
      base64.slice(0, -1),
      bytes.toString('base64url').slice(0, -1),
      JSON.stringify(secret).slice(1, -1),
      encodeURIComponent(secret),
    ]),
  ];
}
