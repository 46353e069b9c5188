import { isStoreError } from '../../core/errors.ts';
import type { Notice } from '../../core/notice.ts';
import type { Store } from '../../store/api/store.ts';
import type { Content } from '../shared/content-changes.ts';
import { isGivenUp, runContentTask } from '../shared/content-thread.ts';

/**
 * Says what a write took away from the version before, 0 being none, and that text was stored unchecked which looks like a
 * broken document. Never fails: it runs after a commit, whose success no later fault may hide.
 */
export async function lossNotices(
  store: Store,
  name: string,
  version: number,
  content: Content,
): Promise<{ readonly notices?: readonly Notice[] }> {
  const notices: Notice[] = [];
  const before = version === 0 ? undefined : await readQuietly(store, name, version);
  if (before !== undefined)
    for (const { code, message } of (await unlessGivenUp(() =>
      runContentTask([before, content], 'losses', before, content),
    )) ?? [])
      notices.push({ severity: 'warning', code, message, where: '', advice: [{ do: 'restore', name, version }] });
  const remark = await unlessGivenUp(() => runContentTask([content], 'formRemark', { name, ...content }));
  if (remark !== undefined)
    notices.push({ severity: 'warning', code: 'NOT_WELL_FORMED', message: remark.message, where: remark.path });
  return notices.length === 0 ? {} : { notices };
}

async function readQuietly(store: Store, name: string, version: number): Promise<Content | undefined> {
  try {
    const { row, bytes } = await store.reader.read(name, version);
    return { bytes, mediaType: row.mediaType };
  } catch (error) {
    // Deleted, purged or damaged: there is nothing to lose.
    if (isStoreError(error)) return undefined;
    throw error;
  }
}

/** Content that takes too long to be compared is stored all the same. */
async function unlessGivenUp<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (isGivenUp(error)) return undefined;
    throw error;
  }
}
