import { isUtf8 } from 'node:buffer';
import { cutFrom } from '../../core/content/brief-change.ts';
import { sameValue } from '../../core/content/diff.ts';
import { isObject } from '../../core/json/is-object.ts';
import { formatPointer, valueAt } from '../../core/json/pointer.ts';
import { checkName } from '../../core/name.ts';
import type { VersionReference } from '../../core/version-reference.ts';
import type { VersionRow } from '../../store/api/versions.ts';
import { readVersion } from '../configs/read-version.ts';
import { argumentInvalid } from '../shared/argument.ts';
import { structuredValue } from '../shared/content-changes.ts';
import { runContentTask } from '../shared/content-thread.ts';
import type { Context } from '../shared/context.ts';
import { resolveToNumber } from '../shared/resolve-version.ts';
import { type StoreNotices, storeNotices } from '../shared/store-notices.ts';
import { count } from '../shared/text.ts';
import { checkPlace } from './check-place.ts';
import { MAX_VERSIONS, type WalkedVersion, walkVersions } from './walk-versions.ts';

/** Places, or lines, of one answer. */
const MAX_PLACES = 10_000;
const VALUE_CHARS = 60;

/** Which version is looked at, and which part of it. */
export interface BlameConfigRequest {
  readonly name: string;
  /** The newest unless given. */
  readonly version?: VersionReference | undefined;
  /** Only what is at this JSON Pointer, or below. */
  readonly path?: string | undefined;
}

/** Where a part of a config comes from. */
export interface BlamedPart {
  /** JSON Pointer, where the content has structure; everything below comes from the same version. */
  readonly path?: string | undefined;
  /** The line, from 1, of other text. */
  readonly line?: number | undefined;
  /** The value's JSON text, or the line; cut where it is long. */
  readonly text: string;
  /** The version since which it is as it is. */
  readonly version: number;
}

/** The version that made a part what it is. */
export interface BlamedVersion {
  readonly version: number;
  readonly action: VersionRow['action'];
  readonly time: string;
  readonly author: string;
  readonly message: string;
  readonly index: number;
}

/** The parts of a config in their order, and the versions they come from. */
export interface BlameConfigResult extends StoreNotices {
  readonly summary: string;
  readonly name: string;
  readonly version: number;
  readonly parts: readonly BlamedPart[];
  /** Newest first. */
  readonly versions: readonly BlamedVersion[];
  /** Versions in between that cannot be read: what they changed counts for the version after them. */
  readonly unreadable?: readonly number[] | undefined;
  /** True when the history is longer than what is looked at: the oldest version named may be too young. */
  readonly isCut?: true | undefined;
}

/**
 * Says of each part of a config since which version it is as it is: by place for JSON, YAML and TOML, by line for other text.
 *
 * @throws StoreError ARGUMENT_INVALID for content that is no text, or a path in content without structure; NOT_FOUND, and what
 * a read throws
 */
export async function blameConfig(ctx: Context, request: BlameConfigRequest): Promise<BlameConfigResult> {
  const name = checkName(request.name);
  const path = checkPlace(request.path);
  const store = await ctx.store();
  const version = await resolveToNumber(store, name, request.version);
  const { row, bytes } = await readVersion(store, name, version);
  const content = { bytes, mediaType: row.mediaType };
  const value = await structuredValue(content);
  const tracer = value === undefined ? lineTracer(name, bytes, path) : placeTracer(name, value, path ?? '');
  const rows = new Map<number, VersionRow>([[version, row]]);
  const unreadable: number[] = [];
  let since = version;
  let walked = 0;
  for await (const older of walkVersions(store, name, version)) {
    walked++;
    if (older.row.version === version) continue;
    if (older.unreadable !== undefined) {
      unreadable.push(older.row.version);
      continue;
    }
    await tracer.compare(older, since);
    if (tracer.isDone()) break;
    since = older.row.version;
    rows.set(since, older.row);
  }
  const parts = tracer.parts(since);
  const used = [...new Set(parts.map((part) => part.version))].sort((a, b) => b - a);
  return {
    summary: `${count(parts.length, value === undefined ? 'line' : 'place')} of ${name} version ${version}, last changed by ${count(used.length, 'version')}`,
    name,
    version,
    parts,
    versions: used.map((used) => toBlamed(rows.get(used) ?? row)),
    ...(unreadable.length > 0 && { unreadable }),
    ...(walked === MAX_VERSIONS && !tracer.isDone() && { isCut: true }),
    ...storeNotices(store),
  };
}

/** Follows the parts of one version back through older ones. */
interface Tracer {
  /** Settles, as made by version `since`, what an older version has not. */
  compare(older: WalkedVersion, since: number): Promise<void>;
  isDone(): boolean;
  /** All parts in their order; what is not settled comes from `first`. */
  parts(first: number): BlamedPart[];
}

function placeTracer(name: string, root: unknown, path: string): Tracer {
  const start = path === '' ? root : valueAt(root, path);
  if (start === undefined)
    throw argumentInvalid(`there is nothing at ${path} in ${name}`, 'Give the JSON Pointer of a place that is there.');
  const leaves = new Map<string, unknown>();
  collectLeaves(start, path, leaves);
  const settled = new Map<string, number>();
  return {
    async compare({ content }, since) {
      const older = content && (await structuredValue(content));
      for (const [pointer, value] of leaves) {
        if (settled.has(pointer)) continue;
        const was = older === undefined ? undefined : valueAt(older, pointer);
        if (was === undefined || !sameValue(was, value)) settled.set(pointer, since);
      }
    },
    isDone: () => settled.size === leaves.size,
    parts: (first) => joined(start, path, (pointer) => settled.get(pointer) ?? first).parts,
  };
}

/** Collects what has nothing below it. */
function collectLeaves(value: unknown, pointer: string, leaves: Map<string, unknown>): void {
  const inner = membersOf(value);
  if (inner.length === 0) leaves.set(pointer, value);
  else for (const [key, member] of inner) collectLeaves(member, pointer + formatPointer([key]), leaves);
  if (leaves.size > MAX_PLACES)
    throw argumentInvalid(
      `it has more than ${MAX_PLACES} places`,
      'Ask for a part of it, by the JSON Pointer of the part.',
    );
}

function membersOf(value: unknown): Array<[string, unknown]> {
  return Array.isArray(value) || isObject(value) ? Object.entries(value) : [];
}

/** One part for a value all of which comes from one version; its members' parts otherwise. */
function joined(
  value: unknown,
  pointer: string,
  versionOf: (pointer: string) => number,
): { parts: BlamedPart[]; only: number | undefined } {
  const inner = membersOf(value);
  const whole = (version: number): { parts: BlamedPart[]; only: number } => ({
    parts: [{ path: pointer, text: cutFrom(JSON.stringify(value) ?? '', 0, VALUE_CHARS), version }],
    only: version,
  });
  if (inner.length === 0) return whole(versionOf(pointer));
  const all = inner.map(([key, member]) => joined(member, pointer + formatPointer([key]), versionOf));
  const first = all[0]?.only;
  if (first !== undefined && all.every(({ only }) => only === first)) return whole(first);
  return { parts: all.flatMap(({ parts }) => parts), only: undefined };
}

function lineTracer(name: string, bytes: Uint8Array, path: string | undefined): Tracer {
  if (path !== undefined)
    throw argumentInvalid(
      `${name} is text without places that could be named`,
      'Leave the place out: its lines are listed.',
    );
  const text = textOf(bytes);
  if (text === undefined)
    throw argumentInvalid(`${name} is not text`, 'Compare its versions in whole: their sizes and digests differ.');
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  if (lines.length > MAX_PLACES)
    throw argumentInvalid(`it has more than ${MAX_PLACES} lines`, 'Compare two of its versions instead.');
  const settled = new Map<number, number>();
  /** Where each line stands in the version that was compared last. */
  let places: Array<number | undefined> = lines.map((_, at) => at);
  let younger = text;
  return {
    async compare({ content }, since) {
      const older = (content && textOf(content.bytes)) ?? '';
      if (older === younger) return;
      const typed = { bytes: Buffer.from(older), mediaType: 'text/plain' };
      const origins = await runContentTask([typed, { ...typed, bytes }], 'lineOrigins', older, younger);
      places = places.map((place, line) => {
        const origin = place === undefined ? undefined : origins[place];
        if (place !== undefined && origin === undefined) settled.set(line, since);
        return origin;
      });
      younger = older;
    },
    isDone: () => settled.size === lines.length,
    parts: (first) =>
      lines.map((line, at) => ({
        line: at + 1,
        text: cutFrom(line.replace(/\r$/, ''), 0, 4 * VALUE_CHARS),
        version: settled.get(at) ?? first,
      })),
  };
}

function textOf(bytes: Uint8Array): string | undefined {
  return isUtf8(bytes) && !bytes.includes(0) ? Buffer.from(bytes).toString('utf8') : undefined;
}

function toBlamed({ version, action, time, author, message, index }: VersionRow): BlamedVersion {
  return { version, action, time, author: author.name, message, index };
}
