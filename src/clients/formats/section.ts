import { isObject } from '../../core/json/is-object.ts';
import type { Path } from '../../core/json/pointer.ts';
import { type ClientText, unsupported } from './client-text.ts';

/** Where a file keeps its servers. */
export interface SectionPlace {
  readonly section: readonly string[];
  /** True where servers are a list, each with its `name`. */
  readonly list: boolean;
}

/** One entry of a file, as it stands. */
export interface FileEntry {
  readonly name: string;
  readonly value: Readonly<Record<string, unknown>>;
  /** Where it stands in the document. */
  readonly path: Path;
}

/** The servers of a file. */
export interface Section extends SectionPlace {
  /** By name; what is no object is left out. */
  readonly entries: ReadonlyMap<string, FileEntry>;
  /** Names of members that are no entries, such as a number. */
  readonly others: ReadonlySet<string>;
  /** How many members or elements the section has, whatever they are; undefined when it is not there. */
  readonly size: number | undefined;
}

/**
 * Returns the entries of a file by their names.
 *
 * @throws StoreError `TARGET_UNSUPPORTED` when the section is something else, or a name is there twice
 */
export function readSection({ data, file }: ClientText, place: SectionPlace): Section {
  const { section, list } = place;
  let at: unknown = data;
  for (const step of section) {
    if (at === undefined) break;
    if (!isObject(at)) throw unsupported(file, `its ${section[0]} is not an object`);
    at = Object.hasOwn(at, step) ? at[step] : undefined;
  }
  if (at === undefined || (at === null && list))
    return { ...place, entries: new Map(), others: new Set(), size: undefined };
  if (list ? !Array.isArray(at) : !isObject(at))
    throw unsupported(file, `its ${section.join('.')} is not ${list ? 'a list' : 'an object'}`);
  const members = Object.entries(at as object);
  const entries = new Map<string, FileEntry>();
  const others = new Set<string>();
  for (const [key, value] of members) {
    if (!isObject(value)) {
      others.add(key);
      continue;
    }
    const name = list ? value['name'] : key;
    if (typeof name !== 'string') continue;
    if (entries.has(name)) throw unsupported(file, `it has ${JSON.stringify(name.slice(0, 80))} twice`);
    entries.set(name, { name, value, path: [...section, list ? Number(key) : key] });
  }
  return { ...place, entries, others, size: members.length };
}
