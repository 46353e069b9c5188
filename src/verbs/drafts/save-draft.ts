import type { Guidance } from '../../core/advice.ts';
import { type Digest, formatDigest, sha256Hex } from '../../core/digest.ts';
import type { Draft } from '../../store/api/drafts.ts';
import type { Store } from '../../store/api/store.ts';
import { type TypedContent, takenAs } from '../configs/find-media-type.ts';
import { lossNotices } from '../configs/loss-notices.ts';
import { serverRemarks } from '../configs/server-remarks.ts';
import type { WriteResult } from '../configs/write-result.ts';
import { changesSince, versionBefore } from '../history/version-before.ts';
import { admitContent } from '../shared/admission.ts';
import { type Content, reportChanges } from '../shared/content-changes.ts';
import type { Context } from '../shared/context.ts';
import { count } from '../shared/text.ts';

/** A draft to be saved. */
export interface DraftToSave {
  readonly name: string;
  readonly content: Content & Partial<TypedContent>;
  readonly message: string;
  /** The version it builds on; 0 for none. */
  readonly baseVersion: number;
  /** The draft there is already. */
  readonly draft: Draft | undefined;
  /** Move a draft that exists on to `baseVersion`. */
  readonly rebase?: boolean | undefined;
  /** The revision the content was worked out from, where it was. */
  readonly afterRevision?: number | undefined;
}

/**
 * Saves a draft once the policy admits it, unless it is the same as the one there is; says how it differs from the
 * version it builds on.
 */
export async function saveDraft(
  ctx: Context,
  store: Store,
  { name, content, message: given, baseVersion, draft, ...on }: DraftToSave,
): Promise<WriteResult> {
  const message = await admitContent(ctx, name, content, given);
  const digest = sha256Hex(content.bytes);
  const same =
    draft !== undefined &&
    draft.digest === digest &&
    draft.mediaType === content.mediaType &&
    draft.baseVersion === baseVersion &&
    draft.message === message;
  const saved = same
    ? draft
    : await store.drafts.save({
        name,
        bytes: content.bytes,
        mediaType: content.mediaType,
        message,
        author: ctx.author(),
        baseVersion,
        ...on,
      });
  const before = await versionBefore(store, name, saved.baseVersion);
  const changes = await changesSince(before, content);
  const reported = await reportChanges(changes);
  const total = reported.changes.length + (reported.changesOmitted ?? 0);
  const base =
    saved.baseVersion === 0
      ? 'not published before'
      : `on version ${saved.baseVersion}, ${total === 0 ? 'no data changed' : count(total, 'change')}`;
  return {
    summary: same
      ? `Draft of ${name} unchanged (still revision ${saved.revision})`
      : `Saved the draft of ${name} (revision ${saved.revision}, ${base}${takenAs(content)}); it is not signed yet`,
    next: await nextStep(store, saved, digest),
    name,
    created: !same,
    digest: formatDigest(digest),
    mediaType: content.mediaType,
    draft: { revision: saved.revision, baseVersion: saved.baseVersion },
    ...reported,
    ...(await serverRemarks(name, content, changes)),
    ...(same ? {} : await lossNotices(name, before, content)),
  };
}

/** Returns the next step: a draft that was begun on an older version cannot be published as it is. */
async function nextStep(store: Store, { name, baseVersion }: Draft, digest: Digest): Promise<Guidance> {
  const newest = (await store.reader.head(name))?.version ?? 0;
  return newest > baseVersion
    ? {
        hint: `The newest version is ${newest} by now, so this draft cannot be published: compare the two, merge, and save the whole draft on version ${newest}.`,
        advice: [
          { do: 'compare-draft', name },
          { do: 'save-draft', name, expectedVersion: newest },
        ],
      }
    : {
        hint: 'Review it, then publish it.',
        advice: [
          { do: 'compare-draft', name },
          { do: 'publish-drafts', drafts: [{ name, digest: formatDigest(digest) }] },
        ],
      };
}
