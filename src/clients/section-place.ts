import { isObject } from '../core/json/is-object.ts';
import type { EntryFormat } from '../core/patch/patch-entry.ts';
import { valueAt } from './canonical/from-client.ts';
import type { Dialect, FilePlace } from './dialects/dialect.ts';
import { type ClientText, readClientText } from './formats/client-text.ts';
import { readSection, type Section } from './formats/section.ts';

/** A client's file, read: its text, and the servers in it. */
export interface ClientFile {
  readonly client: ClientText;
  readonly section: Section;
}

/** Returns the format of one of a client's files. */
export function formatOf(dialect: Dialect, place?: FilePlace): EntryFormat {
  return place?.format ?? dialect.format;
}

/**
 * Reads the servers of a client's file, in the form that the file has.
 *
 * @throws StoreError `TARGET_UNPARSABLE`, `TARGET_UNSUPPORTED`
 */
export async function readClientFile(
  dialect: Dialect,
  text: string,
  file: string,
  place?: FilePlace,
): Promise<ClientFile> {
  const client = await readClientText(text, formatOf(dialect, place), file);
  const other = dialect.otherForm;
  const section =
    other !== undefined &&
    isObject(valueAt(client.data, other.section)) &&
    !isEntry(valueAt(client.data, other.section))
      ? other.section
      : (place?.section ?? dialect.section);
  return { client, section: readSection(client, { section, list: place?.list ?? dialect.list ?? false }) };
}

/** A server may be named like the member that holds servers in the other form. */
function isEntry(value: unknown): boolean {
  return isObject(value) && (typeof value['type'] === 'string' || Array.isArray(value['command']));
}
