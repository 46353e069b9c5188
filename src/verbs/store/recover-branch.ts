import { StoreError } from '../../core/errors.ts';
import type { Receipt } from '../../core/receipt.ts';
import { shortId } from '../../core/short-id.ts';
import type { KeyInfo } from '../../store/api/keys.ts';
import type { LostCommit, LostVersion } from '../../store/api/maintenance.ts';
import type { Store } from '../../store/api/store.ts';
import type { Context } from '../shared/context.ts';

/** A commit that lost its place, and who signed it as the log knows the key today. */
export interface LostCommitPlan extends LostCommit {
  readonly key: Pick<KeyInfo, 'keyId' | 'label' | 'state'>;
}

/** The versions that were put back of one lost commit. */
export interface RecoveredCommit {
  readonly commit: string;
  readonly receipt: Receipt;
  readonly versions: ReadonlyArray<{ readonly name: string; readonly was: number; readonly version: number }>;
}

/**
 * Returns the commits of a lost branch, oldest first, for a person to look at; none where nothing was lost. Changes nothing.
 *
 * @throws StoreError STORE_MISSING, and what opening throws
 */
export async function planRecovery(ctx: Context): Promise<readonly LostCommitPlan[]> {
  const store = await ctx.store();
  const lost = await store.maintenance.lost();
  const { keys } = await store.state.status();
  return lost.map((commit) => ({ ...commit, key: keyOf(commit, keys) }));
}

/**
 * Returns the versions of a lost commit that can be put back: none of what a key signed that is revoked by now, because a thief who
 * has that key can write such commits at any time.
 */
export function recoverable({ versions, key }: LostCommitPlan): readonly LostVersion[] {
  return key.state === 'revoked' ? [] : versions.filter(({ state }) => state === 'lost');
}

/**
 * Puts the versions of lost commits back: one new commit for each, in their order, on top of what the log has now. Nothing is
 * taken away. The files of a commit that is wholly there again are moved to quarantine.
 *
 * @throws StoreError what a commit throws: ROLLED_BACK, CORRUPT, KEY_MISSING …
 */
export async function recoverBranch(
  ctx: Context,
  { commits }: { readonly commits: readonly LostCommitPlan[] },
): Promise<{ readonly recovered: readonly RecoveredCommit[]; readonly movedAside: number }> {
  const store = await ctx.store();
  const recovered: RecoveredCommit[] = [];
  let movedAside = 0;
  for (const lost of commits) {
    const versions = recoverable(lost);
    if (versions.length > 0) recovered.push(await putBack(store, ctx, lost, versions));
    if (lost.key.state !== 'revoked' && lost.versions.every(({ state }) => state !== 'missing'))
      movedAside += await store.maintenance.setAside(lost);
  }
  return { recovered, movedAside };
}

async function putBack(
  store: Store,
  ctx: Context,
  { index, commit }: LostCommit,
  lost: readonly LostVersion[],
): Promise<RecoveredCommit> {
  const changes = await Promise.all(
    lost.map(async (version) => {
      const bytes = await store.maintenance.lostBytes(version);
      if (bytes === undefined) throw gone(version);
      return { action: 'put', name: version.name, bytes, mediaType: version.mediaType } as const;
    }),
  );
  const { receipt, versions } = await store.writer.commit({
    changes,
    message: `recover commit ${index} (${shortId(commit)}), which lost its place in the log`,
    author: ctx.author(),
  });
  return {
    commit,
    receipt,
    versions: versions.map(({ name, version }, at) => ({ name, was: lost[at]?.version ?? 0, version })),
  };
}

function gone({ name, version }: LostVersion): StoreError {
  return new StoreError('CORRUPT', `the artifact of the lost version ${version} of ${name} is gone`, {
    hint: 'Another process took it away meanwhile: it is in a backup of the storage, or on the machine that wrote it.',
  });
}

function keyOf({ keyId }: LostCommit, keys: readonly KeyInfo[]): LostCommitPlan['key'] {
  const key = keys.find((one) => one.keyId === keyId);
  return { keyId, label: key?.label ?? '', state: key?.state ?? 'revoked' };
}
