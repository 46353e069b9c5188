import { type Node, parseTree } from 'jsonc-parser';
import { sameValue } from '../../core/content/diff.ts';
import { isStoreError, StoreError } from '../../core/errors.ts';
import { parseStrictJson } from '../../core/json/strict-json.ts';
import { type Member, memberText, replacedText, type Splice } from './member-text.ts';

/** The text of a client's file that holds nothing yet. */
export const EMPTY = '{}\n';

/** An edited text, with its entry before and after. */
export interface EntryEdit {
  readonly change: 'added' | 'replaced' | 'none';
  /** The whole text; every byte outside the entry is as it was. */
  readonly text: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Where an entry is: a member of a member of the root. */
export interface EntryPlace {
  /** The file, for messages. */
  readonly file: string;
  /** Such as `mcpServers`. */
  readonly key: string;
  /** The entry's own name. */
  readonly name: string;
}

/**
 * Puts one entry into a strict JSON text. Key order, indentation, line endings and whatever else is there stay as they
 * are; a list of servers that is not there yet is made. A text that is empty or blank counts as an empty object.
 *
 * @param given the text as it is
 * @param merge returns the new entry for the one that is there (`undefined` when none is)
 * @throws StoreError `TARGET_UNPARSABLE` when the text is not JSON, or not of the shape a client's file has
 */
export function editEntry(given: string, place: EntryPlace, merge: (existing: unknown) => unknown): EntryEdit {
  const text = given.trim() === '' ? EMPTY : given; // what clients and first runs leave behind: there is nothing in it to lose
  const root = parseObject(text, place.file);
  const servers = onlyMember(root, place.key, place.file);
  if (servers === undefined) {
    const after = merge(undefined);
    return added(text, memberText(text, root, place.key, { [place.name]: after }, root), after);
  }
  if (servers.value.type !== 'object') throw unparsable(place.file, `its ${place.key} is not an object`);
  const entry = onlyMember(servers.value, place.name, place.file);
  if (entry === undefined) {
    const after = merge(undefined);
    return added(text, memberText(text, servers.value, place.name, after, root), after);
  }
  const { offset, length } = entry.value;
  const before: unknown = JSON.parse(text.slice(offset, offset + length));
  const after = merge(before);
  if (sameValue(before, after)) return { change: 'none', text, before, after };
  return { change: 'replaced', text: applySplice(text, replacedText(text, entry, after, root)), before, after };
}

function added(text: string, splice: Splice, after: unknown): EntryEdit {
  return { change: 'added', text: applySplice(text, splice), before: undefined, after };
}

function applySplice(text: string, { at, removed, inserted }: Splice): string {
  return text.slice(0, at) + inserted + text.slice(at + removed);
}

/** Parses an object. `JSON.parse` decides, as it does in the clients; the tree is for the places only. */
function parseObject(text: string, file: string): Node {
  try {
    JSON.parse(text);
  } catch {
    // biome-ignore lint/style/useErrorCause: its message quotes what is in the file.
    throw unparsable(file, whereBroken(text));
  }
  let root: Node | undefined;
  try {
    root = parseTree(text);
  } catch (cause) {
    throw unparsable(file, 'it is nested too deep', cause);
  }
  if (root?.type !== 'object') throw unparsable(file, 'it does not hold an object');
  return root;
}

function whereBroken(text: string): string {
  try {
    parseStrictJson(text);
  } catch (error) {
    if (isStoreError(error)) return error.message;
  }
  return 'not valid JSON';
}

/**
 * Returns the only member of a name.
 *
 * @throws StoreError when there are several: which of them counts differs from reader to reader
 */
function onlyMember(object: Node, key: string, file: string): Member | undefined {
  const found = (object.children ?? []).filter(({ children }) => children?.[0]?.value === key);
  if (found.length > 1) throw unparsable(file, `it has "${key}" ${found.length} times`);
  const [name, value] = found[0]?.children ?? [];
  return name === undefined || value === undefined ? undefined : { name, value };
}

function unparsable(file: string, why: string, cause?: unknown): StoreError {
  return new StoreError('TARGET_UNPARSABLE', `${file} cannot be edited: ${why}`, {
    hint: 'It was left as it is. Fix it; a client may drop such a file.',
    advice: [{ do: 'print-entry' }],
    details: { file },
    cause,
  });
}
