import { sameValue } from '../../core/content/diff.ts';
import { isObject } from '../../core/json/is-object.ts';
import { formatPointer, parsePointer } from '../../core/json/pointer.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { fromClient, transportOf, valueAt } from './from-client.ts';
import { hasReference } from './references.ts';
import { type CanonicalServer, isTexts } from './server.ts';
import { entryOf, type Field } from './to-client.ts';

type Entry = Readonly<Record<string, unknown>>;

/**
 * Returns an entry with the fields that are wanted: the person's members stay, as do another spelling of the same, a value in clear
 * where only a reference is wanted, and the members that the client filled in. Fields that were ours and are no longer wanted go.
 *
 * @param owned the fields that were written before, as JSON Pointers below the entry
 */
export function mergeFields(
  dialect: Dialect,
  existing: Entry,
  wanted: readonly Field[],
  owned: Iterable<string> = [],
): Record<string, unknown> {
  const goal = transportOf(dialect, entryOf(wanted));
  const isSameTransport = transportOf(dialect, existing) === goal;
  const merged: Record<string, unknown> = structuredClone(
    isSameTransport ? existing : personalMembers(dialect, existing),
  );
  const kept = new Set<string>();
  for (const field of wanted) {
    const path = spelledAs(dialect, merged, field.path);
    kept.add(formatPointer(path));
    if (!isLeft(dialect, merged, { ...field, path }, isSameTransport))
      setAt(merged, path, valueFor(dialect, merged, field));
  }
  for (const pointer of owned) if (!kept.has(pointer)) unsetAt(merged, parsePointer(pointer) ?? []);
  return merged;
}

/** Returns true when an entry says the same as a server: where that refers to a variable, the entry may hold the value itself. */
export function saysTheSame(dialect: Dialect, entry: Entry, server: CanonicalServer): boolean {
  const { server: there } = fromClient(dialect, entry);
  if (there === undefined || there.type !== server.type) return false;
  if (there.type === 'stdio' && server.type === 'stdio')
    return (
      there.command === server.command &&
      sameList(there.args, server.args) &&
      (there.cwd === server.cwd || dialect.stdio.cwd === undefined) &&
      sameTexts(there.env, server.env)
    );
  if (there.type === 'stdio' || server.type === 'stdio') return false;
  return there.url === server.url && sameTexts(there.headers, server.headers);
}

function sameList(there: readonly string[] = [], wanted: readonly string[] = []): boolean {
  return (
    there.length === wanted.length &&
    wanted.every((text, i) => there[i] === text || isLiteralFor(text, there[i] as string))
  );
}

function sameTexts(
  there: Readonly<Record<string, string>> = {},
  wanted: Readonly<Record<string, string>> = {},
): boolean {
  const names = Object.keys(wanted);
  return (
    names.length === Object.keys(there).length &&
    names.every((name) => {
      const text = Object.hasOwn(there, name) ? there[name] : undefined;
      return text !== undefined && (text === wanted[name] || isLiteralFor(wanted[name] ?? '', text));
    })
  );
}

/** A value in clear may stand for a text that refers to a variable. */
function isLiteralFor(wanted: string, there: string): boolean {
  return hasReference(wanted, undefined) && !hasReference(there, undefined);
}

/** Only one transport's members may stand in an entry: of another, what belongs to the person alone is kept. */
function personalMembers({ kept }: Dialect, existing: Entry): Entry {
  return Object.fromEntries(Object.entries(existing).filter(([member]) => kept.includes(member)));
}

/** Returns the path of a field in an entry: a member that has several names keeps the one it has. */
export function spelledAs({ http, sse }: Dialect, existing: Entry, path: readonly string[]): readonly string[] {
  const [first = ''] = path;
  for (const form of [http, sse]) {
    if (path.length === 1 && form?.url[0] === first) {
      const there = form.url.find((member) => existing[member] !== undefined);
      if (there !== undefined) return [there];
    }
    for (const headers of form?.headers ?? []) {
      const main = form?.headers[0].split('.') ?? [];
      if (!main.every((step, i) => path[i] === step) || path.length !== main.length + 1) continue;
      if (isObject(valueAt(existing, headers.split('.')))) return [...headers.split('.'), path.at(-1) as string];
    }
  }
  return path;
}

function isLeft(dialect: Dialect, existing: Entry, { path, value }: Field, isSameTransport: boolean): boolean {
  const there = valueAt(existing, path);
  if (sameValue(there, value)) return true;
  const [member = ''] = path;
  // An older form has program and arguments in an object.
  const { command } = existing;
  if ((member === 'command' || member === 'args') && isObject(command)) {
    command[member === 'command' ? 'path' : 'args'] = value;
    return true;
  }
  if (member === (dialect.typeMember ?? 'type')) return isSameTransport;
  const required = { ...dialect.required?.all, ...dialect.required?.remote };
  if (there !== undefined && Object.hasOwn(required, member)) return true;
  if (member === 'args' && there === undefined)
    return isTexts(value) && value.length === 0 && dialect.stdio.command !== 'cmd';
  return (
    path.length > 1 &&
    typeof value === 'string' &&
    typeof there === 'string' &&
    hasReference(value, dialect.variables) &&
    !hasReference(there, dialect.variables)
  );
}

/** Lists of names keep those that the person added; a name whose value stands in clear is not repeated. */
function valueFor({ stdio }: Dialect, existing: Entry, { path, value }: Field): unknown {
  const [member = ''] = path;
  if (path.length !== 1 || !/^env_(?:vars|keys)$/.test(member) || !isTexts(value)) return value;
  const there = existing[member];
  const clear = existing[stdio.env];
  const missing = value.filter((name) => !(isObject(clear) && Object.hasOwn(clear, name)));
  return [...new Set([...(Array.isArray(there) ? (there as unknown[]) : []), ...missing])];
}

/** Sets a member of an entry, with the objects that lead to it. */
export function setAt(entry: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let at = entry;
  for (const step of path.slice(0, -1)) {
    const inner = Object.hasOwn(at, step) ? at[step] : undefined;
    const next: Record<string, unknown> = isObject(inner) ? inner : {};
    define(at, step, next);
    at = next;
  }
  define(at, path.at(-1) as string, value);
}

function define(object: object, member: string, value: unknown): void {
  Object.defineProperty(object, member, { value, enumerable: true, writable: true, configurable: true });
}

/** Removes a member, and what was around it where nothing else is in there. */
export function unsetAt(entry: Record<string, unknown>, path: readonly string[]): void {
  const parent = valueAt(entry, path.slice(0, -1));
  if (!isObject(parent) || path.length === 0) return;
  delete parent[path.at(-1) as string];
  if (path.length > 1 && Object.keys(parent).length === 0) unsetAt(entry, path.slice(0, -1));
}
