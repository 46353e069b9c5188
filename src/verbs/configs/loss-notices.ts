import type { Notice } from '../../core/notice.ts';
import type { VersionBefore } from '../history/version-before.ts';
import type { Content } from '../shared/content-changes.ts';
import { isGivenUp, runContentTask } from '../shared/content-thread.ts';

/**
 * Says what a write took away from the version before, and that text was stored unchecked which looks like a
 * broken document. Never fails: it runs after a commit, whose success no later fault may hide.
 */
export async function lossNotices(
  name: string,
  { version, content: before }: VersionBefore,
  content: Content,
): Promise<{ readonly notices?: readonly Notice[] }> {
  const notices: Notice[] = [];
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

/** Content that takes too long to be compared is stored all the same. */
async function unlessGivenUp<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (isGivenUp(error)) return undefined;
    throw error;
  }
}
