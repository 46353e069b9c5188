import { isUtf8 } from 'node:buffer';
import type { Guidance } from '../../core/advice.ts';
import { formatDigest, sha256Hex } from '../../core/digest.ts';
import { checkName } from '../../core/name.ts';
import { thousands } from '../../core/thousands.ts';
import type { VersionReference } from '../../core/version-reference.ts';
import type { Store } from '../../store/api/store.ts';
import { argumentInvalid } from '../shared/argument.ts';
import {
  type ContentDifference,
  contentDifference,
  READABLE,
  type ReportedChange,
  reportChanges,
  UNLIMITED,
} from '../shared/content-changes.ts';
import { isGivenUp, runContentTask } from '../shared/content-thread.ts';
import type { Context } from '../shared/context.ts';
import { checkReference } from '../shared/resolve-version.ts';
import { type StoreNotices, storeNotices } from '../shared/store-notices.ts';
import { count } from '../shared/text.ts';
import { cutWindow } from '../shared/text-window.ts';
import { givenContent } from './given-content.ts';
import { type ConfigRead, readConfig } from './read-config.ts';

/** The two sides: `from` of `name`, and one of version `to`, the draft, given content, or another config. */
export interface DiffConfigsRequest {
  readonly name: string;
  /** A version; the newest by default. */
  readonly from?: VersionReference | undefined;
  /** A version of `name`, or of `toName` where that is given; the newest by default. */
  readonly to?: VersionReference | undefined;
  readonly toName?: string | undefined;
  /** Compare with the draft of `name`. */
  readonly draft?: boolean | undefined;
  /** Compare with this text. */
  readonly content?: string | undefined;
  /** Compare with these bytes; the command line only. */
  readonly bytes?: Uint8Array | undefined;
  /** Compare the lines of the texts, not the data they hold. */
  readonly unified?: boolean | undefined;
  /** Leave nothing out, however long; the command line only. */
  readonly full?: boolean | undefined;
}

/** The longest unified diff of an answer, in characters, unless all of it is asked for. */
const MAX_UNIFIED_CHARS = 100_000;

/** One side of a comparison. */
export interface DiffSide {
  readonly name: string;
  readonly version?: number | undefined;
  /** `sha256:<hex>`. */
  readonly digest: string;
  readonly mediaType: string;
}

/** The differences; at least one of `changes`, `unified` and `binary` unless `equal`. */
export interface DiffConfigsResult extends StoreNotices {
  readonly summary: string;
  readonly next?: Guidance | undefined;
  /** The bytes are the same. */
  readonly equal: boolean;
  /** Absent where a draft is compared and there is no live version yet. */
  readonly from?: DiffSide | undefined;
  readonly to: DiffSide;
  /** Where both sides are JSON, YAML or TOML, by the data they hold. Empty and not `equal`: only comments or layout differ. */
  readonly changes?: readonly ReportedChange[] | undefined;
  /** How many changes were left out. */
  readonly changesOmitted?: number | undefined;
  /** Unified diff of lines: for other text, where comments or layout differ, and where it is asked for. */
  readonly unified?: string | undefined;
  /** `unified` is only the beginning. */
  readonly truncated?: true | undefined;
  /** At least one side is not text. */
  readonly binary?: boolean | undefined;
}

/**
 * Compares two versions, or a version with the draft, given content or another config.
 *
 * @throws StoreError NOT_FOUND, ARGUMENT_INVALID, and what a read throws
 */
export async function diffConfigs(ctx: Context, request: DiffConfigsRequest): Promise<DiffConfigsResult> {
  checkSides(request);
  const name = checkName(request.name);
  const toName = request.toName === undefined ? name : checkName(request.toName);
  const store = await ctx.store();
  const from = await readFrom(store, name, request);
  const to = await readTo(store, toName, request, from);
  const sides = { from: from && toSide(from), to: toSide(to), ...storeNotices(store) };
  const compared = `${describeSide(from)} and ${describeSide(to)}`;
  if (from !== undefined && Buffer.compare(from.bytes, to.bytes) === 0)
    return { summary: `No difference: ${compared} have the same bytes`, equal: true, ...sides };
  const difference = request.unified === true ? undefined : await contentDifference(from, to);
  const data = difference?.isStructural === true ? difference : undefined;
  const reported = data && (await reportChanges(data.changes, request.full === true ? UNLIMITED : READABLE));
  if (data !== undefined && data.changes.length > 0 && !data.commentsDiffer && !data.layoutDiffers)
    return { summary: summarize(data, compared), equal: false, ...sides, ...reported };
  const lines = await lineDiff(from, to, name, toName, request.full === true);
  if (lines === undefined && data === undefined)
    return { summary: `${compared} differ, and at least one is not text`, equal: false, ...sides, binary: true };
  const summary = data === undefined ? `${compared} differ` : summarize(data, compared);
  return { summary, equal: false, ...sides, ...reported, ...lines };
}

function summarize({ changes, commentsDiffer, layoutDiffers }: ContentDifference, compared: string): string {
  if (changes.length === 0)
    return `${compared} hold the same data; ${commentsDiffer ? 'comments differ' : 'only the layout differs'}`;
  const others = [...(commentsDiffer ? ['other comments'] : []), ...(layoutDiffers ? ['another layout'] : [])];
  return `${[count(changes.length, 'change'), ...others].join(' and ')} between ${compared}`;
}

/** The lines of the texts; `undefined` where one is not text. */
async function lineDiff(
  from: Side | undefined,
  to: Side,
  name: string,
  toName: string,
  full: boolean,
): Promise<ReturnType<typeof cutUnified> | undefined> {
  const [before, after] = [from?.bytes ?? new Uint8Array(), to.bytes].map(asText);
  if (before === undefined || after === undefined) return undefined;
  const names = [label(from, name), label(to, toName)] as const;
  try {
    return cutUnified(await runContentTask([from, to], 'unifiedDiff', names[0], before, names[1], after), full);
  } catch (error) {
    if (!isGivenUp(error)) throw error;
    return { unified: `--- ${names[0]}\n+++ ${names[1]}\n`, truncated: true };
  }
}

function checkSides({ from, to, toName, draft, content, bytes }: DiffConfigsRequest): void {
  checkReference(from);
  checkReference(to);
  const ways = [
    to !== undefined || toName !== undefined,
    draft === true,
    content !== undefined,
    bytes !== undefined,
  ].filter(Boolean).length;
  if (ways > 1)
    throw argumentInvalid(
      'there is more than one thing to compare with',
      'Compare with one of these: another version, another config, the draft, or given content.',
    );
  if (ways === 0 && from === undefined)
    throw argumentInvalid(
      'there is nothing to compare with',
      'Compare with one of these: another version, another config, the draft, or given content.',
    );
}

/** Reads the first side: nothing when the draft of a config without a live version is compared. */
async function readFrom(
  store: Store,
  name: string,
  { from, draft }: DiffConfigsRequest,
): Promise<ConfigRead | undefined> {
  if (draft === true && from === undefined) {
    const head = await store.reader.head(name);
    if (head === undefined || head.action === 'delete') return undefined;
  }
  return readConfig(store, { name, version: from });
}

async function readTo(
  store: Store,
  name: string,
  { to, draft, content, bytes }: DiffConfigsRequest,
  from: ConfigRead | undefined,
): Promise<Side> {
  if (content === undefined && bytes === undefined) return readConfig(store, { name, version: to, draft });
  const given = givenContent({ content, bytes });
  const mediaType = from?.mediaType ?? 'text/plain';
  return { name, bytes: given.bytes, mediaType, digest: formatDigest(sha256Hex(given.bytes)) };
}

type Side = Pick<ConfigRead, 'name' | 'version' | 'digest' | 'mediaType' | 'bytes' | 'draft'>;

function asText(bytes: Uint8Array): string | undefined {
  return isUtf8(bytes) && !bytes.includes(0)
    ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8')
    : undefined;
}

function cutUnified(unified: string, full: boolean): { unified: string; truncated?: true; next?: Guidance } {
  if (full || unified.length <= MAX_UNIFIED_CHARS) return { unified };
  const { content } = cutWindow(unified, 0, MAX_UNIFIED_CHARS);
  return {
    unified: content,
    truncated: true,
    next: {
      hint: `The diff has ${thousands(unified.length)} characters and is cut: read both sides for the rest.`,
    },
  };
}

function toSide({ name, version, digest, mediaType }: Side): DiffSide {
  return { name, ...(version === undefined ? {} : { version }), digest, mediaType };
}

function describeSide(side: Side | undefined): string {
  if (side === undefined) return 'nothing (no live version yet)';
  if (side.draft !== undefined) return `the draft of ${side.name}`;
  return side.version === undefined ? 'the given content' : `${side.name} version ${side.version}`;
}

function label(side: Side | undefined, name: string): string {
  if (side === undefined) return '/dev/null';
  if (side.draft !== undefined) return `${name} (draft)`;
  return side.version === undefined ? `${name} (given)` : `${name}@${side.version}`;
}
