import type { Digest } from '../../core/digest.ts';
import { StoreError } from '../../core/errors.ts';
import type { Engine } from '../../engine/port.ts';
import type { Trust } from '../trust/trust.ts';
import type { LogView } from '../view/log-view.ts';
import { referencedInLog, removeUnnamed } from './references.ts';

/** Objects younger than this may belong to a commit that is being made, in milliseconds. */
const YOUNG_MS = 24 * 60 * 60 * 1000;

/** Parts that the collection works on. */
export interface CollectParts {
  readonly engine: Engine;
  readonly view: LogView;
  readonly trust: Trust;
  readonly now: () => Date;
}

/**
 * Finds artifacts that no commit refers to and that are older than a day, and removes them with `apply`.
 *
 * @throws StoreError what forbids a put; CORRUPT when the log cannot be read to its end: then it is not known what is in use
 */
export async function collectGarbage(
  { engine, view, trust, now }: CollectParts,
  { apply }: { apply: boolean },
): Promise<{ digests: readonly Digest[]; bytes: number; removed: boolean }> {
  await view.catchUp();
  const refusal = (await trust.absent()) ?? trust.refusal();
  if (refusal !== undefined)
    throw new StoreError(refusal.code, `nothing is collected: ${refusal.message}`, {
      hint: refusal.hint,
      advice: refusal.advice,
      cause: refusal,
    });
  const found = new Map<Digest, number>();
  for await (const { digest, size } of engine.admin.objects(new Date(now().getTime() - YOUNG_MS)))
    if ((await view.ask((cache) => cache.namedSince(digest, 0))) === undefined) found.set(digest, size);
  const { next } = view;
  for (const digest of await referencedInLog(new Set(found.keys()), 0, view, engine)) found.delete(digest);
  if (apply)
    for (const [digest, size] of found)
      if (!(await removeUnnamed({ digest, size }, next, view, engine))) found.delete(digest);
  const bytes = [...found.values()].reduce((sum, size) => sum + size, 0);
  return { digests: [...found.keys()], bytes, removed: apply };
}
