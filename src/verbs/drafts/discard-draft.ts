import type { Guidance } from '../../core/advice.ts';
import { checkName } from '../../core/name.ts';
import type { Context } from '../shared/context.ts';
import { listed } from '../shared/text.ts';

/** Which draft. */
export interface DiscardDraftRequest {
  readonly name: string;
}

/** Whether there was one. */
export interface DiscardDraftResult {
  readonly summary: string;
  readonly next?: Guidance | undefined;
  readonly name: string;
  readonly discarded: boolean;
}

/** Drops a draft; that there is none is no error. @throws StoreError NAME_INVALID */
export async function discardDraft(ctx: Context, request: DiscardDraftRequest): Promise<DiscardDraftResult> {
  const name = checkName(request.name);
  const store = await ctx.store();
  if (await store.drafts.discard(name)) return { summary: `Discarded the draft of ${name}`, name, discarded: true };
  const drafts = (await store.drafts.list()).map((draft) => draft.name);
  return {
    summary: `There was no draft of ${name}`,
    next: drafts.length === 0 ? undefined : { hint: `There are drafts of ${listed(drafts)}.` },
    name,
    discarded: false,
  };
}
