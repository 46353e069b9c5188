import { transportOf, valueAt } from '../../clients/canonical/from-client.ts';
import { setAt, unsetAt } from '../../clients/canonical/merge-fields.ts';
import type { Dialect } from '../../clients/dialects/dialect.ts';
import type { EntryChange } from '../../clients/formats/edit-entries.ts';
import type { FileEntry } from '../../clients/formats/section.ts';
import { driftOf } from '../../clients/ownership/drift.ts';
import { isOurValue } from '../../clients/ownership/field-digests.ts';
import { type WrittenFields, writtenFor } from '../../clients/ownership/ledger.ts';
import { sameValue } from '../../core/content/diff.ts';
import { parsePointer } from '../../core/json/pointer.ts';
import type { Deployment } from '../../state/deployments.ts';

type Entry = FileEntry['value'];

/** The entries of a file before a deployment, as they are now, and what is known of the deployment. */
export interface EntriesBack {
  readonly dialect: Dialect;
  /** From the copy that was made; undefined where it is gone. */
  readonly old: ReadonlyMap<string, FileEntry> | undefined;
  readonly now: ReadonlyMap<string, FileEntry>;
  readonly last: Deployment;
  /** The deployment before that one. */
  readonly before: Deployment | undefined;
}

/** Returns the changes that take a deployment back, and a sentence on each entry that is left to the person who changed it. */
export function entriesBack({ dialect, old, now, last, before }: EntriesBack): {
  edits: EntryChange[];
  notes: string[];
} {
  const edits: EntryChange[] = [];
  const notes: string[] = [];
  const names = new Set([...Object.keys(last.servers), ...Object.keys(before?.servers ?? {})]);
  for (const name of [...names].sort()) {
    const there = now.get(name)?.value;
    const was = old?.get(name)?.value;
    const written = writtenFor(last.servers, name);
    if (there === undefined) {
      // An entry that the deployment took out comes back; one that a person took out does not.
      if (written !== undefined) notes.push(`${name} was removed since, and stays so`);
      else if (was !== undefined) edits.push({ op: 'add', name, value: was });
    } else if (written === undefined) {
      if (was !== undefined) notes.push(`${name} was made again since, and stays as it is`);
    } else if (was !== undefined) {
      if (driftOf(dialect, there, written) === 'other-program') {
        notes.push(`${name} runs another program by now, and stays`);
        continue;
      }
      const value = entryBack(dialect, there, was, written, writtenFor(before?.servers ?? {}, name) ?? {});
      if (!sameValue(value, there)) edits.push({ op: 'change', name, value });
    } else if (old !== undefined || last.before === null || last.added?.includes(name) === true)
      // It was not there before, so it goes whatever became of it: the copy that is made now has it.
      edits.push({ op: 'remove', name });
    else notes.push(`the copy from before is gone, so ${name} stays as it is`);
  }
  return { edits, notes };
}

/** The entry with the fields that still are as they were written set to what they were before. */
function entryBack(
  dialect: Dialect,
  there: Entry,
  was: Entry,
  written: WrittenFields,
  before: WrittenFields,
): Record<string, unknown> {
  if (transportOf(dialect, there) !== transportOf(dialect, was)) {
    const kept = Object.entries(there).filter(([member]) => dialect.kept.includes(member));
    return { ...was, ...Object.fromEntries(kept) };
  }
  const back = structuredClone(there) as Record<string, unknown>;
  for (const pointer of new Set([...Object.keys(written), ...Object.keys(before)])) {
    const path = parsePointer(pointer) ?? [];
    const isLeft = Object.hasOwn(written, pointer)
      ? !isOurValue(there, pointer, written[pointer])
      : valueAt(there, path) !== undefined;
    if (isLeft) continue;
    const value = valueAt(was, path);
    if (value === undefined) unsetAt(back, path);
    else setAt(back, path, value);
  }
  return back;
}
