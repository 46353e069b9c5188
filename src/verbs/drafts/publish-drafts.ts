import type { Guidance } from '../../core/advice.ts';
import { STATEMENT_LIMITS } from '../../core/commit/statement.ts';
import { formatDigest } from '../../core/digest.ts';
import { isStoreError } from '../../core/errors.ts';
import type { Notice } from '../../core/notice.ts';
import type { Receipt } from '../../core/receipt.ts';
import type { Draft } from '../../store/api/drafts.ts';
import type { Store } from '../../store/api/store.ts';
import type { CommitOutcome } from '../../store/api/writer.ts';
import { staleFiles, together } from '../clients/stale-files.ts';
import { lossNotices } from '../configs/loss-notices.ts';
import { changesSince, versionBefore } from '../history/version-before.ts';
import { admitContent } from '../shared/admission.ts';
import { type ReportedChange, reportChanges } from '../shared/content-changes.ts';
import type { Context } from '../shared/context.ts';
import { count, listed } from '../shared/text.ts';
import { checkBase, selectDrafts } from './select-drafts.ts';

/** Which drafts; all by default. */
export interface PublishDraftsRequest {
  readonly names?: readonly string[] | undefined;
  /** The digests of the drafts as they were reviewed: `sha256:<hex>`. */
  readonly expected?: ReadonlyArray<{ readonly name: string; readonly digest: string }> | undefined;
  readonly message?: string | undefined;
}

/** One draft that became a version. */
export interface PublishedConfig {
  readonly name: string;
  readonly version: number;
  /** `sha256:<hex>`. */
  readonly digest: string;
  /** False when the draft equalled the head. */
  readonly created: boolean;
  readonly changes: readonly ReportedChange[];
  readonly changesOmitted?: number | undefined;
}

/** The drafts that were published, in one commit. */
export interface PublishDraftsResult {
  readonly summary: string;
  readonly next?: Guidance | undefined;
  readonly published: readonly PublishedConfig[];
  /** Losses against the versions before. */
  readonly notices?: readonly Notice[] | undefined;
  /** Without name, version and digest: it is of the whole commit. */
  readonly receipt: Receipt;
}

/**
 * Commits drafts as one commit, all or none.
 *
 * @throws StoreError NOT_FOUND (no draft), VERSION_CONFLICT (head or draft moved), and what a put throws
 */
export async function publishDrafts(ctx: Context, request: PublishDraftsRequest): Promise<PublishDraftsResult> {
  const store = await ctx.store();
  const drafts = await selectDrafts(store, request);
  let message = request.message ?? joinMessages(drafts);
  for (const draft of drafts) message = await admitContent(ctx, draft.name, draft, message);
  for (const draft of drafts) checkBase(draft, await store.reader.head(draft.name));
  const outcome = await store.writer.commit({
    changes: drafts.map(({ name, bytes, mediaType, baseVersion }) => ({
      action: 'put',
      name,
      bytes,
      mediaType,
      expectedVersion: baseVersion,
    })),
    message,
    author: ctx.author(),
  });
  const kept = await discardPublished(store, drafts);
  const published = await Promise.all(
    outcome.versions.map((made, i) => describePublished(store, drafts[i] as Draft, made)),
  );
  const notices = await lossesOf(store, drafts, outcome);
  const { name: _name, version: _version, digest: _digest, ...receipt } = outcome.receipt;
  const made = published.filter((config) => config.created).length;
  const same = published.length - made;
  const versions = listed(published.map((config) => `${config.name} version ${config.version}`));
  return {
    summary:
      made === 0
        ? `Nothing new to publish (still ${versions})`
        : `Published ${count(made, 'draft')} in commit ${receipt.index}: ${versions}${same === 0 ? '' : `; ${same} unchanged`}`,
    next: together(
      ...(await Promise.all(published.map((config) => staleFiles(ctx, store, config.name, config.digest)))),
      kept.length === 0
        ? undefined
        : { hint: `Drafts that changed meanwhile, or could not be removed, are still there: ${listed(kept)}.` },
    ),
    published,
    receipt,
    ...(notices.length > 0 && { notices }),
  };
}

async function lossesOf(store: Store, drafts: readonly Draft[], { versions }: CommitOutcome): Promise<Notice[]> {
  const found: Notice[] = [];
  for (const [at, { name, version, created }] of versions.entries()) {
    if (!created) continue;
    const { notices = [] } = await lossNotices(
      name,
      await versionBefore(store, name, version - 1),
      drafts[at] as Draft,
    );
    found.push(...notices.map((notice) => ({ ...notice, message: `${name}: ${notice.message}` })));
  }
  return found;
}

async function describePublished(
  store: Store,
  draft: Draft,
  { name, version, digest, created }: CommitOutcome['versions'][number],
): Promise<PublishedConfig> {
  const changes = created ? await changesSince(await versionBefore(store, name, version - 1), draft) : [];
  return { name, version, digest: formatDigest(digest), created, ...(await reportChanges(changes)) };
}

/** Removes the revisions that were published; names those drafts that remain. The commit stands whatever happens here. */
async function discardPublished(store: Store, drafts: readonly Draft[]): Promise<string[]> {
  const kept: string[] = [];
  for (const { name, revision } of drafts) {
    try {
      if (!(await store.drafts.discard(name, revision)) && (await store.drafts.has(name))) kept.push(name);
    } catch (error) {
      if (!isStoreError(error)) throw error;
      kept.push(name);
    }
  }
  return kept;
}

/** Joins the drafts' own messages, where the request has none: one as it is, several by name. */
function joinMessages(drafts: readonly Draft[]): string {
  const [only] = drafts;
  if (drafts.length === 1 && only !== undefined) return only.message;
  const lines = drafts.filter((draft) => draft.message !== '').map((draft) => `${draft.name}: ${draft.message}`);
  return lines.join('\n').slice(0, STATEMENT_LIMITS.messageChars).toWellFormed();
}
