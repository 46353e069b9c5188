import type { Guidance } from '../../core/advice.ts';
import type { Author } from '../../core/commit/statement.ts';
import { formatDigest } from '../../core/digest.ts';
import { type ErrorCode, isStoreError } from '../../core/errors.ts';
import { checkName } from '../../core/name.ts';
import type { VersionReference } from '../../core/version-reference.ts';
import type { Store } from '../../store/api/store.ts';
import type { Verdict, VersionRow } from '../../store/api/versions.ts';
import type { DiffSide } from '../configs/diff-configs.ts';
import { type Content, contentDifference, type ReportedChange, reportChanges } from '../shared/content-changes.ts';
import type { Context } from '../shared/context.ts';
import { unknownConfig, unknownVersion } from '../shared/not-found.ts';
import { resolveToNumber } from '../shared/resolve-version.ts';
import { type StoreNotices, storeNotices } from '../shared/store-notices.ts';
import { count } from '../shared/text.ts';

/** The limits of one answer: steps, bytes of content that are read for them, characters of their changes. */
const STEPS = 50;
const BYTES = 33_554_432;
const CHARS = 20_000;
/** The limits of one step. */
const CHANGES = 20;
const VALUE_CHARS = 200;

/** From which version to which. */
export interface DiffStepsRequest {
  readonly name: string;
  /** The first version by default. */
  readonly from?: VersionReference | undefined;
  /** The newest version by default. */
  readonly to?: VersionReference | undefined;
}

/** One version, and what it changed in the one before. */
export interface DiffStep {
  readonly version: number;
  readonly action: VersionRow['action'];
  /** With `restore`: the version that was brought back. */
  readonly restoredFrom?: number | undefined;
  readonly time: string;
  readonly message: string;
  readonly author: Author;
  readonly verified: Verdict;
  readonly changes: readonly ReportedChange[];
  /** How many changes were left out. */
  readonly changesOmitted?: number | undefined;
}

/** The steps from one version to another, newest first. */
export interface DiffStepsResult extends StoreNotices {
  readonly summary: string;
  readonly next?: Guidance | undefined;
  /** Both versions have the same bytes. */
  readonly equal: boolean;
  /** The older version. */
  readonly from: DiffSide;
  /** The newer one. */
  readonly to: DiffSide;
  readonly steps: readonly DiffStep[];
  /** How many steps were left out: the oldest. */
  readonly stepsOmitted?: number | undefined;
}

type JudgedRow = VersionRow & { readonly verdict: Verdict };

/**
 * Returns each version between two, with who made it, when and why, and what it changed in the one before.
 *
 * @throws StoreError NOT_FOUND, ARGUMENT_INVALID, NAME_INVALID
 */
export async function diffSteps(ctx: Context, request: DiffStepsRequest): Promise<DiffStepsResult> {
  const name = checkName(request.name);
  const store = await ctx.store();
  const ends = [
    await resolveToNumber(store, name, request.from ?? 1),
    await resolveToNumber(store, name, request.to),
  ] as const;
  const [oldest, newest] = [Math.min(...ends), Math.max(...ends)];
  const rows = await rowsBetween(store, name, Math.max(oldest, newest - STEPS), newest);
  const steps = await stepsOf(store, rows);
  const omitted = newest - oldest - steps.length;
  const from = rows.find(({ version }) => version === oldest) ?? (await rowOf(store, name, oldest));
  const to = rows[0] as JudgedRow;
  const range = `${name} from version ${oldest} to version ${newest}`;
  return {
    summary:
      oldest === newest
        ? `No step: both are ${name} version ${newest}`
        : `${count(newest - oldest, 'step')} of ${range}, newest first${omitted === 0 ? '' : `; the last ${steps.length} are here`}`,
    next: nextStep(steps, omitted, newest - steps.length),
    equal: from.digest === to.digest && from.action !== 'delete' && to.action !== 'delete',
    from: toSide(from),
    to: toSide(to),
    steps,
    ...(omitted > 0 && { stepsOmitted: omitted }),
    ...storeNotices(store),
  };
}

function nextStep(steps: readonly DiffStep[], omitted: number, before: number): Guidance | undefined {
  if (steps.some(({ verified }) => verified !== 'ok')) return { advice: [{ do: 'verify' }] };
  return omitted === 0
    ? undefined
    : { hint: `For the ${count(omitted, 'older step')} ask for those up to version ${before}.` };
}

/** Returns the versions from the newest to the oldest of a range, both included. */
async function rowsBetween(store: Store, name: string, oldest: number, newest: number): Promise<readonly JudgedRow[]> {
  const head = await store.reader.head(name);
  if (head === undefined) throw await unknownConfig(store, name);
  if (newest > head.version) throw unknownVersion(head, newest);
  return (await store.reader.versions(name, { before: newest + 1, limit: newest - oldest + 1 })).items;
}

async function rowOf(store: Store, name: string, version: number): Promise<JudgedRow> {
  const [row] = await rowsBetween(store, name, version, version);
  if (row === undefined) throw await unknownConfig(store, name);
  return row;
}

/** Compares each version with the one after it in the list, until the answer is full. */
async function stepsOf(store: Store, rows: readonly JudgedRow[]): Promise<DiffStep[]> {
  const steps: DiffStep[] = [];
  const first = rows[0];
  let after = first && (await contentOf(store, first));
  for (let at = 0, bytes = 0, chars = 0; at + 1 < rows.length && bytes < BYTES && chars < CHARS; at++) {
    const row = rows[at] as JudgedRow;
    const before = await contentOf(store, rows[at + 1] as JudgedRow);
    const reported = await reportChanges(await changesOf(before, after), {
      changes: CHANGES,
      valueChars: VALUE_CHARS,
      totalChars: CHARS - chars,
    });
    steps.push(toStep(row, reported));
    chars += JSON.stringify(reported.changes).length;
    bytes += sizeOf(before) + sizeOf(after);
    after = before;
  }
  return steps;
}

/** Content; nothing of a deletion; the code of the failure where it cannot be read. */
type Found = Content | ErrorCode | undefined;

async function contentOf(store: Store, { name, version, action, mediaType }: JudgedRow): Promise<Found> {
  if (action === 'delete') return undefined;
  try {
    return { bytes: (await store.reader.read(name, version)).bytes, mediaType };
  } catch (error) {
    if (!isStoreError(error)) throw error;
    return error.code;
  }
}

async function changesOf(before: Found, after: Found): Promise<ReportedChange[]> {
  const fault = typeof after === 'string' ? after : typeof before === 'string' ? before : undefined;
  if (fault !== undefined) return [whole(`one side cannot be read: ${fault}`)];
  if (after === undefined) return before === undefined ? [] : [{ op: 'remove', path: '' }];
  const { changes, commentsDiffer, layoutDiffers } = await contentDifference(
    before as Content | undefined,
    after as Content,
  );
  if (changes.length > 0) return [...changes];
  if (commentsDiffer || layoutDiffers) return [whole(commentsDiffer ? 'only comments' : 'only the layout')];
  return (before as Content).mediaType === (after as Content).mediaType ? [] : [whole('only the media type')];
}

function whole(extent: string): ReportedChange {
  return { op: 'replace', path: '', extent };
}

function sizeOf(found: Found): number {
  return typeof found === 'object' ? found.bytes.length : 0;
}

function toStep(
  { version, action, restoredFrom, time, message, author, verdict }: JudgedRow,
  reported: Pick<DiffStep, 'changes' | 'changesOmitted'>,
): DiffStep {
  return {
    version,
    action,
    ...(restoredFrom !== null && { restoredFrom }),
    time,
    message,
    author,
    verified: verdict,
    ...reported,
  };
}

function toSide({ name, version, digest, mediaType }: VersionRow): DiffSide {
  return { name, version, digest: formatDigest(digest), mediaType };
}
