import type { Dialect } from './dialects/dialect.ts';
import { mergeEntry, type ServerEntry } from './entry.ts';
import { EMPTY, type EntryEdit, editEntry } from './formats/edit.ts';
import { type Replaced, type ReplaceOptions, replaceTarget } from './target/replace-target.ts';
import { readTarget, type TargetFile } from './target/target-file.ts';

/** The change that an entry would make in a client's file; nothing is written yet. */
export interface InstallPlan {
  readonly target: TargetFile;
  readonly edit: EntryEdit;
  /** False when the file has the entry already. */
  readonly changes: boolean;
}

/**
 * Reads a client's file and finds what has to change so that it holds our entry.
 *
 * @throws StoreError `TARGET_UNPARSABLE`, `ARGUMENT_INVALID`
 */
export async function planInstall(
  { key }: Dialect,
  file: string,
  name: string,
  entry: ServerEntry,
): Promise<InstallPlan> {
  const target = await readTarget(file);
  const edit = editEntry(target.text ?? EMPTY, { file, key, name }, (existing) => mergeEntry(existing, entry));
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
