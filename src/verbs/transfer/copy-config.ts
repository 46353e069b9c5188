import type { Guidance } from '../../core/advice.ts';
import { formatDigest } from '../../core/digest.ts';
import { isStoreError, StoreError } from '../../core/errors.ts';
import { checkName } from '../../core/name.ts';
import type { Receipt } from '../../core/receipt.ts';
import type { VersionReference } from '../../core/version-reference.ts';
import { checkExpected } from '../../store/api/faults.ts';
import type { VersionRow } from '../../store/api/versions.ts';
import type { ChangeRequest } from '../../store/api/writer.ts';
import { readVersion } from '../configs/read-version.ts';
import { admitMessage } from '../shared/admission.ts';
import { argumentInvalid, checkExpectedVersion } from '../shared/argument.ts';
import type { Context } from '../shared/context.ts';
import { checkReference } from '../shared/resolve-version.ts';

/** Source and target of a copy. */
export interface CopyConfigRequest {
  readonly from: string;
  /** The version that is copied: the newest unless given. Not with `move`. */
  readonly version?: VersionReference | undefined;
  readonly to: string;
  /** Delete `from` in the same commit. */
  readonly move?: boolean | undefined;
  /** The newest version of `to`; 0 unless given: there is none yet. */
  readonly expectedVersion?: number | undefined;
  /** Says where the bytes come from unless given. */
  readonly message?: string | undefined;
}

/** The new version, of the same bytes. */
export interface CopyConfigResult {
  readonly summary: string;
  readonly next?: Guidance | undefined;
  readonly from: string;
  /** The version that was copied. */
  readonly fromVersion: number;
  readonly name: string;
  readonly version: number;
  /** False when the target had these bytes already; with `move` there is a commit all the same, of the deletion. */
  readonly created: boolean;
  /** `sha256:<hex>`. */
  readonly digest: string;
  readonly receipt: Receipt;
}

/**
 * Puts the bytes of one config under another name, or moves it: both changes are one commit. The histories stay where they are.
 *
 * @throws StoreError NOT_FOUND, VERSION_CONFLICT when there is a config of that name, ARGUMENT_INVALID, and what a read and a
 * commit throw
 */
export async function copyConfig(ctx: Context, request: CopyConfigRequest): Promise<CopyConfigResult> {
  const [from, to] = [checkName(request.from), checkName(request.to)];
  const { move = false } = request;
  const reference = checkReference(request.version);
  const expectedVersion = checkExpectedVersion(request.expectedVersion) ?? 0;
  if (from === to) throw argumentInvalid(`${from} is both what is copied and the copy`, 'Give another name.');
  if (move && reference !== undefined)
    throw argumentInvalid('a version cannot be moved', 'Move the config as it is, or copy the version.');
  const store = await ctx.store();
  const { row, bytes } = await readVersion(store, from, reference);
  const there = await store.reader.head(to);
  if (request.expectedVersion === undefined) checkFree(to, there);
  checkExpected({ name: to, expectedVersion }, there);
  const message = request.message ?? `${move ? 'moved' : 'copied'} from ${from}@${row.version}`;
  await admitMessage(ctx, to, message);
  const put: ChangeRequest = { action: 'put', name: to, bytes, mediaType: row.mediaType, expectedVersion };
  const gone: ChangeRequest = { action: 'delete', name: from, expectedVersion: row.version };
  const changes = move ? [put, gone] : [put];
  const { receipt, versions } = await store.writer.commit({ changes, message, author: ctx.author() });
  const [made] = versions;
  if (made === undefined) throw new Error('a commit of a put must answer with its version');
  const digest = formatDigest(made.digest);
  return {
    summary: `${move ? 'Moved' : 'Copied'} ${from}@${row.version} to ${to}@${made.version}${made.created ? '' : ', which had these bytes already'}`,
    next: move ? await afterMove(ctx, from, row.version) : undefined,
    from,
    fromVersion: row.version,
    name: to,
    version: made.version,
    created: made.created,
    digest,
    receipt: { ...receipt, name: to, version: made.version, digest },
  };
}

/** Refuses a target that is there already, where the caller did not say which version of it may be replaced. */
function checkFree(to: string, there: VersionRow | undefined): void {
  if (there === undefined || there.action === 'delete') return;
  throw new StoreError('VERSION_CONFLICT', `there is a config ${to} already, version ${there.version}`, {
    hint: 'Nothing was stored. Take another name, or delete that config first.',
    advice: [{ do: 'read-config', name: to }],
    details: { name: to, version: there.version },
  });
}

/** A draft stays under the old name. Never fails: the commit is made. */
async function afterMove(ctx: Context, from: string, version: number): Promise<Guidance> {
  const history: Guidance = {
    hint: `The history stays under ${from}.`,
    advice: [{ do: 'restore', name: from, version }],
  };
  try {
    const hasDraft = await (await ctx.store()).drafts.has(from);
    return hasDraft
      ? { hint: `The draft of ${from} is still there.`, advice: [{ do: 'discard-draft', name: from }] }
      : history;
  } catch (error) {
    if (isStoreError(error)) return history;
    throw error;
  }
}
