import { setImmediate as turnOfOthers } from 'node:timers/promises';
import type { Guidance } from '../../core/advice.ts';
import { formatDigest } from '../../core/digest.ts';
import type { Receipt } from '../../core/receipt.ts';
import { shortDigest } from '../../core/short-id.ts';
import type { Store } from '../../store/api/store.ts';
import type { ChangeRequest, CommitOutcome } from '../../store/api/writer.ts';
import { staleFiles, together } from '../clients/stale-files.ts';
import { changesSince, type VersionBefore, versionBefore } from '../history/version-before.ts';
import { type Content, isFirstContent, reportChanges } from '../shared/content-changes.ts';
import type { Context } from '../shared/context.ts';
import { count } from '../shared/text.ts';
import { type TypedContent, takenAs } from './find-media-type.ts';
import { lossNotices } from './loss-notices.ts';
import { serverRemarks } from './server-remarks.ts';
import type { WriteResult } from './write-result.ts';

/** A change of one config. */
export type ConfigChangeRequest = Exclude<ChangeRequest, { action: 'purge' }>;

/** The version that one change made. */
export type Committed = CommitOutcome['versions'][number] & { readonly receipt: Receipt };

/** Commits one change of one config; the content was admitted before. */
export async function commitOne(
  ctx: Context,
  store: Store,
  change: ConfigChangeRequest,
  message: string,
): Promise<Committed> {
  const { receipt, versions } = await store.writer.commit({ changes: [change], message, author: ctx.author() });
  const [made] = versions;
  if (made === undefined) throw new Error('a commit of one change must answer with one version');
  return {
    ...made,
    receipt: { ...receipt, name: made.name, version: made.version, digest: formatDigest(made.digest) },
  };
}

/** A change that is ready to be committed. */
export interface ReadyChange {
  readonly change: ConfigChangeRequest;
  readonly content: Content & Partial<TypedContent>;
  readonly message: string;
  /** The newest version as the caller read it; 0 where there was none. */
  readonly newestVersion: number;
}

/** Commits a put or a restore, and says what it changed against the version before. */
export async function commitVersion(
  ctx: Context,
  store: Store,
  { change, content, message, newestVersion }: ReadyChange,
): Promise<WriteResult> {
  const { name } = change;
  const newest = await versionBefore(store, name, newestVersion);
  const committing = commitOne(ctx, store, change, message);
  committing.catch(() => undefined); // awaited below
  await turnOfOthers(); // the commit is at the disk by now, and takes longer there than what follows does here
  const early = await compared(change, newest, content);
  const hasDraft = await store.drafts.has(name);
  const { version, digest, created, receipt } = await committing;
  const result = { name, created, version, digest: formatDigest(digest), mediaType: content.mediaType, receipt };
  const next = together(await staleFiles(ctx, store, name, result.digest), hasDraft ? draftRemains(name) : undefined);
  if (!created) return { summary: `${name} unchanged (still version ${version})`, next, ...result, changes: [] };
  const isNext = newest.version === version - 1;
  const said = isNext ? early : await compared(change, await versionBefore(store, name, version - 1), content);
  const total = said.changes.length + (said.changesOmitted ?? 0);
  const what =
    change.action === 'restore'
      ? `Restored version ${change.version} of ${name} as version ${version}`
      : `Stored ${name} as version ${version}`;
  const extent = isFirstContent(said.changes) ? '' : `, ${describeChanges(total)}`;
  return { summary: `${what} (${shortDigest(digest)}${extent}${takenAs(content)})`, next, ...result, ...said };
}

/** Compares content with the version before: the changes, and what of them deserves a remark. */
async function compared(change: ConfigChangeRequest, before: VersionBefore, content: Content) {
  const changes = await changesSince(before, content);
  return {
    ...(await reportChanges(changes)),
    ...(await serverRemarks(change.name, content, changes)),
    ...(change.action === 'put' ? await lossNotices(change.name, before, content) : {}),
  };
}

/** Bytes that differ while no data does are a change all the same: of comments or layout. */
export function describeChanges(total: number): string {
  return total === 0 ? 'only comments or layout changed' : count(total, 'change');
}

function draftRemains(name: string): Guidance {
  return {
    hint: `There is still a draft of ${name}: compare it, then discard it or save it again.`,
    advice: [{ do: 'compare-draft', name }],
  };
}
