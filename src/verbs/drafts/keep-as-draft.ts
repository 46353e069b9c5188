import { checkName } from '../../core/name.ts';
import { contentToStore } from '../configs/content-to-store.ts';
import type { Context } from '../shared/context.ts';
import { saveDraft } from './save-draft.ts';

/** Content that could not be committed, because another version came first. */
export interface KeepAsDraftRequest {
  readonly name: string;
  readonly bytes?: Uint8Array | undefined;
  readonly mediaType?: string | undefined;
  readonly message?: string | undefined;
  /** The version it was worked out from; 0 for none. The draft cannot be published on another. */
  readonly baseVersion: number;
}

/** Saves what could not be committed as the draft. Returns false where there is a draft already, which stays as it is. */
export async function keepAsDraft(ctx: Context, request: KeepAsDraftRequest): Promise<boolean> {
  const name = checkName(request.name);
  const store = await ctx.store();
  if (await store.drafts.has(name)) return false;
  const { baseVersion, message = '' } = request;
  const content = await contentToStore(store, { ...request, name }, await store.reader.head(name));
  await saveDraft(ctx, store, { name, content, message, baseVersion, draft: undefined });
  return true;
}
