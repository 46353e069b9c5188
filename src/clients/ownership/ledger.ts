import { sha256Hex } from '../../core/digest.ts';

/** A digest of each field's value that was written, by JSON Pointer below the entry. */
export type WrittenFields = Readonly<Record<string, string>>;

/** Returns the fields that were written for a server: it may be called as a member that every object has. */
export function writtenFor(servers: Readonly<Record<string, WrittenFields>>, name: string): WrittenFields | undefined {
  return Object.hasOwn(servers, name) ? servers[name] : undefined;
}

/** One writing of a file, as it is remembered. */
export interface LedgerEntry {
  readonly path: string;
  readonly part?: string | undefined;
  readonly phase: 'begun' | 'done';
  readonly kind: 'deploy' | 'adopt' | 'undo' | 'remove';
  readonly after: string | null;
  readonly id: string;
}

/** One list of servers: a file, and the part of it where it holds several. */
export interface ListPlace {
  readonly path: string;
  readonly part?: string | undefined;
}

/** Returns true for the same list of servers. */
export function samePlace(one: ListPlace, other: ListPlace): boolean {
  return one.path === other.path && one.part === other.part;
}

/** Returns the lists that were written, each once. */
export function placesOf(all: readonly ListPlace[]): ListPlace[] {
  return [...new Map(all.map((place) => [JSON.stringify([place.path, place.part]), place])).values()];
}

/**
 * Returns the writings that hold for a list, oldest first; the last one says what is ours in it. One that was undone is left out
 * with its undoing. One that was begun and never done counts if the file is as it would have left it.
 */
export function effective<Entry extends LedgerEntry>(
  all: readonly Entry[],
  place: ListPlace,
  bytes: Uint8Array | undefined,
): Entry[] {
  const stack: Entry[] = [];
  const open = new Map<string, Entry>();
  for (const entry of all) {
    if (!samePlace(entry, place)) continue;
    if (entry.phase === 'begun') {
      open.set(entry.id, entry);
      continue;
    }
    open.delete(entry.id);
    settle(stack, entry);
  }
  const now = bytes === undefined ? null : sha256Hex(bytes);
  const last = [...open.values()].at(-1);
  // The process died between the writing and its second record.
  if (last !== undefined && last.after === now && all.filter(({ path }) => path === place.path).at(-1) === last)
    settle(stack, last);
  return stack;
}

function settle<Entry extends LedgerEntry>(stack: Entry[], entry: Entry): void {
  if (entry.kind === 'undo') stack.pop();
  else stack.push(entry);
}
