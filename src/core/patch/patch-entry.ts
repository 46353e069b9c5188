import { sameValue } from '../content/diff.ts';
import type { TextRange } from '../content/toml-scan.ts';
import { isObject } from '../json/is-object.ts';
import type { Path } from '../json/pointer.ts';
import type { Edit } from './edits.ts';

/** A format whose text is edited in place. */
export type EntryFormat = 'json' | 'jsonc' | 'toml' | 'yaml';

/** One edit of a text, and the place outside of which every byte has to stay. */
export interface EntryPatch {
  readonly edit: Edit;
  readonly place: Path;
}

/**
 * Returns a text with one edit made in place: parsed before and after, it holds what it held and the edit, and outside the place
 * every byte but white space, commas and empty brackets is the same, in the same order.
 *
 * @param parse reads the text strictly, with nothing lost
 * @returns undefined where the edit has no place of its own, or would touch something else
 */
export async function patchEntry(
  text: string,
  format: EntryFormat,
  { edit, place }: EntryPatch,
  parse: (text: string) => Promise<unknown>,
): Promise<string | undefined> {
  const { splice, ranges } = await layoutOf(format);
  const before = await parse(text);
  try {
    const after = splice(text, edit);
    const isAsMeant = sameValue(await parse(after), applied(before ?? {}, edit, format === 'toml'));
    // Behind an element that goes, the next one has its place.
    const left = edit.op === 'remove' && edit.path.length === place.length ? [] : ranges(after, place);
    return isAsMeant && skeleton(text, ranges(text, place)) === skeleton(after, left) ? after : undefined;
  } catch {
    // The splicers know the common layouts; in others, and where the result is no document, nothing is edited.
    return undefined;
  }
}

interface Layout {
  readonly splice: (text: string, edit: Edit) => string;
  readonly ranges: (text: string, path: Path) => readonly TextRange[];
}

async function layoutOf(format: EntryFormat): Promise<Layout> {
  switch (format) {
    case 'yaml': {
      const { editYaml, yamlRanges } = await import('./yaml-layout.ts');
      return { splice: (text, edit) => editYaml(text, [edit]), ranges: yamlRanges };
    }
    case 'toml': {
      const { editToml, tomlRanges } = await import('./toml-layout.ts');
      return { splice: (text, edit) => editToml(text, [edit]), ranges: tomlRanges };
    }
    default: {
      const { editJson, jsonRanges } = await import('./json-layout.ts');
      return { splice: (text, edit) => editJson(text, [edit]), ranges: jsonRanges };
    }
  }
}

function skeleton(text: string, ranges: readonly TextRange[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const { start, end } of [...ranges].sort((a, b) => a.start - b.start)) {
    parts.push(text.slice(at, Math.max(at, start)));
    at = Math.max(at, end);
  }
  parts.push(text.slice(at));
  return parts.join('').replace(/[\s,{}[\]]+/g, '');
}

/**
 * Returns the data with an edit made; objects on the way are made where they are missing.
 *
 * @param prunes true for formats in which an object without members is not there
 */
export function applied(data: unknown, edit: Edit, prunes: boolean, depth = 0): unknown {
  const step = edit.path[depth] as string | number;
  const isLast = depth === edit.path.length - 1;
  if (typeof step === 'number') {
    const list = [...(data as readonly unknown[])];
    if (!isLast) list[step] = applied(list[step], edit, prunes, depth + 1);
    else if (edit.op === 'remove') list.splice(step, 1);
    else list.splice(step, edit.op === 'insert' ? 0 : 1, edit.value);
    return list;
  }
  const members = new Map(isObject(data) ? Object.entries(data) : []);
  if (!isLast) members.set(step, applied(members.get(step), edit, prunes, depth + 1));
  else if (edit.op === 'remove') members.delete(step);
  else members.set(step, edit.value);
  const inner = members.get(step);
  const isGone = prunes && edit.op === 'remove' && isObject(inner) && Object.keys(inner).length === 0;
  if (isGone) members.delete(step);
  return Object.fromEntries(members);
}
