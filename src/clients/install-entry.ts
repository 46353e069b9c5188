import { sameValue } from '../core/content/diff.ts';
import { isObject } from '../core/json/is-object.ts';
import { mergeFields } from './canonical/merge-fields.ts';
import { stdioServer } from './canonical/server.ts';
import { toClient } from './canonical/to-client.ts';
import type { Dialect } from './dialects/dialect.ts';
import type { ServerEntry } from './entry.ts';
import { editEntries } from './formats/edit-entries.ts';
import { readClientFile } from './section-place.ts';
import { type Replaced, type ReplaceOptions, replaceTarget } from './target/replace-target.ts';
import { readTarget, type TargetFile } from './target/target-file.ts';

/** An edited text, with its entry before and after. */
export interface EntryEdit {
  readonly change: 'added' | 'replaced' | 'none';
  /** The whole text; every byte outside the entry is as it was. */
  readonly text: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** The change that an entry would make in a client's file; nothing is written yet. */
export interface InstallPlan {
  readonly target: TargetFile;
  readonly edit: EntryEdit;
  /** False when the file has the entry already. */
  readonly changes: boolean;
}

const OWN_VARIABLES = /^CONFIG_STORE_(?:VAR|STORAGE_DIR|KEYS_DIR|STATE_DIR|TELEMETRY_DIR)$/;

/** Returns the entry of this server in a client's words, with the members a person added to the one that is there. */
export function mergeEntry(
  dialect: Dialect,
  name: string,
  existing: unknown,
  { command, args, env }: ServerEntry,
): Record<string, unknown> {
  const { fields = [] } = toClient(dialect, name, stdioServer(command, args, env));
  const before = isObject(existing) ? existing : {};
  // A folder of this machine means nothing inside a container, and one of a former installation nothing at all.
  const variables = before[dialect.stdio.env];
  const own = Object.keys(isObject(variables) ? variables : {}).filter((variable) => OWN_VARIABLES.test(variable));
  return mergeFields(
    dialect,
    before,
    fields,
    own.map((variable) => `/${dialect.stdio.env}/${variable}`),
  );
}

/** Returns the text of a client's file with this server in it. @throws StoreError `TARGET_UNPARSABLE`, `TARGET_UNSUPPORTED` */
export async function editEntry(
  dialect: Dialect,
  given: string,
  { file, name }: { readonly file: string; readonly name: string },
  entry: ServerEntry,
): Promise<EntryEdit> {
  const { client, section } = await readClientFile(dialect, given, file);
  const before = section.entries.get(name)?.value;
  const after = mergeEntry(dialect, name, before, entry);
  const isThere = before !== undefined || section.others.has(name);
  if (isThere && sameValue(before, after)) return { change: 'none', text: client.text, before, after };
  const op = before === undefined ? 'add' : 'change';
  const text = await editEntries(client, section, [{ op, name, value: after }]);
  return { change: isThere ? 'replaced' : 'added', text, before, after };
}

/**
 * Reads a client's file and finds what has to change so that it holds our entry.
 *
 * @throws StoreError `TARGET_UNPARSABLE`, `TARGET_UNSUPPORTED`, `ARGUMENT_INVALID`
 */
export async function planInstall(
  dialect: Dialect,
  file: string,
  name: string,
  entry: ServerEntry,
): Promise<InstallPlan> {
  const target = await readTarget(file);
  const edit = await editEntry(dialect, target.text ?? '', { file, name }, entry);
  return { target, edit, changes: edit.change !== 'none' || target.hadByteOrderMark };
}

/**
 * Carries out a plan, if the file still is as the plan saw it.
 *
 * @throws StoreError `TARGET_CHANGED`, `ARGUMENT_INVALID`, `STORE_FULL`, `STATE_UNKNOWN`
 */
export async function applyInstall({ target, edit }: InstallPlan, options?: ReplaceOptions): Promise<Replaced> {
  return replaceTarget(target, edit.text, options);
}
