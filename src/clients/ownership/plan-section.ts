import { sameValue } from '../../core/content/diff.ts';
import { formatPointer, parsePointer } from '../../core/json/pointer.ts';
import { valueAt } from '../canonical/from-client.ts';
import { mergeFields, saysTheSame, spelledAs } from '../canonical/merge-fields.ts';
import type { CanonicalServer } from '../canonical/server.ts';
import { entryOf, type Field, type Rendered } from '../canonical/to-client.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { startsThisServer } from '../entry.ts';
import type { EntryChange } from '../formats/edit-entries.ts';
import type { Section } from '../formats/section.ts';
import { driftOf, isEnabled } from './drift.ts';
import { fieldDigests, isOurValue, refersToVariable } from './field-digests.ts';
import { type WrittenFields, writtenFor } from './ledger.ts';

/** The servers that should be in a section, and how far a plan may go. */
export interface Wanted {
  readonly dialect: Dialect;
  readonly section: Section;
  readonly servers: ReadonlyMap<string, CanonicalServer>;
  readonly rendered: ReadonlyMap<string, Rendered>;
  /** The fields that are ours in the file. */
  readonly owned: Readonly<Record<string, WrittenFields>>;
  /** Put back what a person removed, changed or switched off. */
  readonly restore: boolean;
  /** Entries of others under the same name that are taken over: all, or these. */
  readonly takeOver: boolean | readonly string[];
}

/** One server that a plan changes; `=` is ours from now on without a change. */
export interface ServerChange {
  readonly op: '+' | '~' | '-' | '=';
  readonly server: string;
  /** Members that change. */
  readonly fields: readonly string[];
  /** Lines of a diff: values that are not ours are masked. */
  readonly lines: readonly string[];
}

/** Why nothing is written to a file. */
export interface Conflict {
  readonly kind: 'foreign' | 'removed' | 'changed';
  readonly server: string;
  readonly message: string;
}

/** The changes that a section needs. */
export interface SectionPlan {
  readonly edits: readonly EntryChange[];
  readonly changes: readonly ServerChange[];
  readonly conflicts: readonly Conflict[];
  /** The fields that are ours after that. */
  readonly owned: Readonly<Record<string, WrittenFields>>;
  /** Servers that a person switched off, and that stay so. */
  readonly keptOff: readonly string[];
}

type Entry = Readonly<Record<string, unknown>>;

/** Works out what has to change in a file's section; pure. */
export function planSection(wanted: Wanted): SectionPlan {
  const plan = new Planning(wanted);
  for (const [name, { fields }] of wanted.rendered) if (fields !== undefined) plan.want(name, fields);
  for (const name of Object.keys(wanted.owned)) if (wanted.rendered.get(name)?.fields === undefined) plan.drop(name);
  return plan;
}

class Planning implements SectionPlan {
  readonly edits: EntryChange[] = [];
  readonly changes: ServerChange[] = [];
  readonly conflicts: Conflict[] = [];
  readonly keptOff: string[] = [];
  readonly #wanted: Wanted;
  readonly #owned = new Map<string, WrittenFields>();

  constructor(wanted: Wanted) {
    this.#wanted = wanted;
  }

  get owned(): Readonly<Record<string, WrittenFields>> {
    return Object.fromEntries(this.#owned);
  }

  want(name: string, fields: readonly Field[]): void {
    const { dialect, section, servers, owned, restore } = this.#wanted;
    const there = section.entries.get(name)?.value;
    const before = writtenFor(owned, name);
    if (there === undefined) {
      if (section.others.has(name)) return this.#conflict('foreign', name);
      return before !== undefined && !restore ? this.#conflict('removed', name) : this.#add(name, fields);
    }
    if (before !== undefined) {
      const drift = driftOf(dialect, there, before);
      const merged = this.#merged(name, there, fields, before);
      if (drift !== undefined && !restore && !sameValue(merged, there)) return this.#conflict('changed', name);
      return this.#change(name, there, merged, fields, before);
    }
    const server = servers.get(name);
    if (server !== undefined && saysTheSame(dialect, there, server)) return this.#change(name, there, there, fields);
    if (!this.#mayTake(name)) return this.#conflict('foreign', name);
    this.#change(name, there, mergeFields(dialect, there, fields), fields);
  }

  /** A server that the config does not have any longer. */
  drop(name: string): void {
    const { dialect, section, owned, restore } = this.#wanted;
    const there = section.entries.get(name)?.value;
    const before = writtenFor(owned, name) ?? {};
    if (there === undefined) return;
    if (startsThisServer(there)) {
      this.#owned.set(name, before);
      return;
    }
    if (driftOf(dialect, there, before) === 'other-program' && !restore) return this.#conflict('changed', name);
    this.edits.push({ op: 'remove', name });
    const shown = Object.keys(before).map((pointer) => `- ${name}${pointer} ${this.#shown(there, pointer, before)}`);
    this.changes.push({ op: '-', server: name, fields: Object.keys(there), lines: shown });
  }

  #add(name: string, fields: readonly Field[]): void {
    const { dialect } = this.#wanted;
    const value = entryOf(fields);
    this.edits.push({ op: 'add', name, value });
    const lines = fields.map((field) => `+ ${name}${formatPointer(field.path)} ${shownField(field)}`);
    this.changes.push({ op: '+', server: name, fields: Object.keys(value), lines });
    this.#owned.set(name, fieldDigests(dialect, value, fields));
  }

  #change(name: string, there: Entry, after: Entry, fields: readonly Field[], before?: WrittenFields): void {
    const { dialect } = this.#wanted;
    this.#owned.set(name, fieldDigests(dialect, after, fields));
    if (!isEnabled(dialect, after)) this.keptOff.push(name);
    if (sameValue(there, after)) {
      if (before === undefined) this.changes.push({ op: '=', server: name, fields: [], lines: [] });
      return;
    }
    this.edits.push({ op: 'change', name, value: after });
    const pointers = new Set([
      ...fields.map(({ path }) => formatPointer(spelledAs(dialect, after, path))),
      ...Object.keys(before ?? {}),
    ]);
    const changed = [...pointers].filter(
      (pointer) => !sameValue(valueAt(there, parsePointer(pointer) ?? []), valueAt(after, parsePointer(pointer) ?? [])),
    );
    const lines = changed.flatMap((pointer) => {
      const field = fields.find(({ path }) => formatPointer(spelledAs(dialect, after, path)) === pointer);
      const has = valueAt(there, parsePointer(pointer) ?? []) !== undefined;
      return [
        ...(has ? [`- ${name}${pointer} ${this.#shown(there, pointer, before ?? {})}`] : []),
        ...(field === undefined ? [] : [`+ ${name}${pointer} ${shownField(field)}`]),
      ];
    });
    this.changes.push({ op: '~', server: name, fields: changed.map((pointer) => pointer.slice(1)), lines });
  }

  #merged(name: string, there: Entry, fields: readonly Field[], before: WrittenFields): Record<string, unknown> {
    const { dialect, restore, servers } = this.#wanted;
    // A value that was filled in stays as long as the config refers to its variable, although the client cannot.
    const said = servers.get(name);
    const texts = said === undefined ? {} : said.type === 'stdio' ? said.env : said.headers;
    const stays = (pointer: string) =>
      refersToVariable(before[pointer]) && Object.hasOwn(texts ?? {}, parsePointer(pointer)?.at(-1) ?? '');
    const owned = Object.keys(before).filter((pointer) => !stays(pointer));
    const merged = mergeFields(dialect, there, fields, owned);
    if (!restore || dialect.off === undefined || isEnabled(dialect, merged)) return merged;
    const { [dialect.off.member]: _, ...on } = merged;
    return dialect.required !== undefined && Object.hasOwn(dialect.required.all, dialect.off.member)
      ? { ...merged, [dialect.off.member]: !dialect.off.when }
      : on;
  }

  #mayTake(name: string): boolean {
    const { takeOver } = this.#wanted;
    return typeof takeOver === 'boolean' ? takeOver : takeOver.includes(name);
  }

  #conflict(kind: Conflict['kind'], server: string): void {
    this.conflicts.push({ kind, server, message: REASONS[kind] });
    const before = writtenFor(this.#wanted.owned, server);
    if (before !== undefined) this.#owned.set(server, before);
  }

  /** A value of the file is shown only where it is the one that was written; anything else is a person's. */
  #shown(there: Entry, pointer: string, before: WrittenFields): string {
    const value = valueAt(there, parsePointer(pointer) ?? []);
    return isOurValue(there, pointer, before[pointer]) ? JSON.stringify(value) : '(another value)';
  }
}

const REASONS: Readonly<Record<Conflict['kind'], string>> = {
  foreign: 'another entry has this name: import it, give this one another name, or take it over',
  removed: 'it was removed from the file by a person or the client: it is put back only when that is asked for',
  changed: 'it was changed in the file by a person or the client: it is put back only when that is asked for',
};

/** A value that was filled in is never shown. */
function shownField({ value, reference }: Field): string {
  return reference === undefined ? JSON.stringify(value) : JSON.stringify(`${reference} (filled in)`);
}
