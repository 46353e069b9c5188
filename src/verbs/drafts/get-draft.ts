import { checkName } from '../../core/name.ts';
import type { Draft } from '../../store/api/drafts.ts';
import { readDraft } from '../configs/read-config.ts';
import type { Context } from '../shared/context.ts';

/** Reads the draft of a config, whole. @throws StoreError NOT_FOUND with the drafts there are, NAME_INVALID, CORRUPT */
export async function getDraft(ctx: Context, request: { readonly name: string }): Promise<Draft> {
  const name = checkName(request.name);
  return readDraft(await ctx.store(), name);
}
