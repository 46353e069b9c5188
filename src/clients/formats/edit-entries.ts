import { sameValue } from '../../core/content/diff.ts';
import { isObject } from '../../core/json/is-object.ts';
import type { Path } from '../../core/json/pointer.ts';
import { type Edit, listEdits } from '../../core/patch/edits.ts';
import { type EntryPatch, patchEntry } from '../../core/patch/patch-entry.ts';
import { type ClientText, parseWithNothingLost, readClientText, unsupported } from './client-text.ts';
import { refusedForm } from './refused-forms.ts';
import { type FileEntry, readSection, type SectionPlace } from './section.ts';

/** A change of one entry of a file; a change names the whole entry as it should be. */
export type EntryChange =
  | { readonly op: 'add' | 'change'; readonly name: string; readonly value: Readonly<Record<string, unknown>> }
  | { readonly op: 'remove'; readonly name: string };

/**
 * Makes changes of entries in the text of a client's file: every other byte stays. The text is spliced at positions that a strict
 * parser gave, only where members differ, and each step is judged by parsing again.
 *
 * @throws StoreError `TARGET_UNSUPPORTED` where the file has a form that a splice cannot extend; `TARGET_UNPARSABLE`
 */
export async function editEntries(
  client: ClientText,
  place: SectionPlace,
  changes: readonly EntryChange[],
): Promise<string> {
  let current = client;
  for (const change of changes) {
    const refused = await refusedForm(current, place, change.name);
    if (refused !== undefined) throw unsupported(client.file, refused);
    let edited: string | undefined;
    for (const grain of GRAINS) edited ??= await attempt(current, patchesOf(current, place, change, grain));
    if (edited === undefined)
      throw unsupported(client.file, `the entry ${JSON.stringify(change.name)} has no place of its own in its layout`);
    current = await readClientText(edited, current.format, client.file);
  }
  return current.text;
}

/** How much is set at once, finest first: the less, the more of a person's layout and comments stays. */
const GRAINS = ['elements', 'arrays', 'members', 'entry'] as const;
type Grain = (typeof GRAINS)[number];

async function attempt(
  { text, format }: ClientText,
  patches: readonly EntryPatch[] | undefined,
): Promise<string | undefined> {
  if (patches === undefined) return undefined;
  let edited: string | undefined = text;
  for (const patch of patches) {
    edited = await patchEntry(edited, format, patch, (given) => parseWithNothingLost(given, format));
    if (edited === undefined) break;
  }
  return edited;
}

function patchesOf(
  client: ClientText,
  place: SectionPlace,
  change: EntryChange,
  grain: Grain,
): EntryPatch[] | undefined {
  const section = readSection(client, place);
  const entry = section.entries.get(change.name);
  if (change.op === 'remove') {
    if (entry === undefined) return [];
    const isLast = place.list && section.size === 1;
    const edit: Edit = isLast ? { op: 'set', path: place.section, value: [] } : { op: 'remove', path: entry.path };
    return [{ edit, place: entry.path }];
  }
  if (entry === undefined) return [addition(client, place, section.size, change.name, change.value)];
  const { value, path } = entry;
  const edits = editsOf(value, change.value, path, grain);
  return edits.some((edit) => printsAgain(client.data, edit))
    ? undefined
    : edits.map((edit) => ({ edit, place: path }));
}

/** A map that is set as a whole would be printed again with the members that stay, which may be a person's: comments, layout and all. */
function printsAgain(data: unknown, edit: Edit): boolean {
  const there = edit.path.reduce<unknown>(
    (at, step) => (typeof at === 'object' && at !== null ? Reflect.get(at, step) : undefined),
    data,
  );
  if (edit.op !== 'set' || !isObject(there) || !isObject(edit.value)) return false;
  const { value } = edit;
  return Object.keys(there).some((member) => Object.hasOwn(value, member) && sameValue(there[member], value[member]));
}

function editsOf(before: FileEntry['value'], after: FileEntry['value'], path: Path, grain: Grain): Edit[] {
  const edits = listEdits(before, after, grain !== 'elements', path);
  if (edits.length === 0 || grain === 'elements' || grain === 'arrays') return edits;
  if (grain === 'entry') return [{ op: 'set', path, value: after }];
  const members = new Set(edits.map((edit) => edit.path[path.length] as string));
  return [...members].map((member) =>
    Object.hasOwn(after, member)
      ? { op: 'set', path: [...path, member], value: after[member] }
      : { op: 'remove', path: [...path, member] },
  );
}

/** A whole new entry; what leads to it is made where it is missing. */
function addition(
  { data, format }: ClientText,
  { section, list }: SectionPlace,
  size: number | undefined,
  name: string,
  value: Readonly<Record<string, unknown>>,
): EntryPatch {
  const isEmpty = size === undefined || size === 0;
  if (list && !isEmpty) {
    const path = [...section, size];
    return { edit: { op: 'insert', path, value }, place: path };
  }
  if (list) return { edit: nested(data, section, [value]), place: section };
  // TOML names a table by its whole path, so nothing has to be made above it.
  const path = [...section, name];
  if (format === 'toml') return { edit: { op: 'set', path, value }, place: path };
  // A map of YAML that is empty stands in braces, and is written again as lines.
  if (format === 'yaml' && size === 0)
    return { edit: { op: 'set', path: section, value: { [name]: value } }, place: section };
  const edit = nested(data, path, value);
  return { edit, place: edit.path };
}

/** Sets a member below objects that may be missing: the first that is missing is set, with all below it. */
function nested(data: unknown, path: readonly string[], value: unknown): Edit {
  let at = data;
  for (const [i, step] of path.slice(0, -1).entries()) {
    const inner = isObject(at) && Object.hasOwn(at, step) ? at[step] : undefined;
    if (!isObject(inner)) {
      const below = path.slice(i + 1).reduceRight<unknown>((within, name) => ({ [name]: within }), value);
      return { op: 'set', path: path.slice(0, i + 1), value: below };
    }
    at = inner;
  }
  return { op: 'set', path, value };
}
