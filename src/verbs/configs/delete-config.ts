import type { Advice, Guidance } from '../../core/advice.ts';
import { checkName } from '../../core/name.ts';
import type { Receipt } from '../../core/receipt.ts';
import { checkExpected } from '../../store/api/faults.ts';
import { staleFiles, together } from '../clients/stale-files.ts';
import { admitMessage } from '../shared/admission.ts';
import { checkExpectedVersion } from '../shared/argument.ts';
import type { Context } from '../shared/context.ts';
import { unknownConfig } from '../shared/not-found.ts';
import { commitOne } from './commit-version.ts';

/** Which config. */
export interface DeleteConfigRequest {
  readonly name: string;
  readonly message?: string | undefined;
  readonly expectedVersion?: number | undefined;
}

/** The tombstone. */
export interface DeleteConfigResult {
  readonly summary: string;
  readonly next?: Guidance | undefined;
  readonly name: string;
  /** The tombstone's version. */
  readonly version: number;
  readonly receipt: Receipt;
}

/** Marks a config as deleted; its history stays. @throws StoreError NOT_FOUND, VERSION_CONFLICT, and what a commit throws */
export async function deleteConfig(ctx: Context, request: DeleteConfigRequest): Promise<DeleteConfigResult> {
  const name = checkName(request.name);
  const expectedVersion = checkExpectedVersion(request.expectedVersion);
  const message = request.message ?? '';
  const store = await ctx.store();
  const head = await store.reader.head(name);
  checkExpected({ name, expectedVersion }, head);
  if (head === undefined) throw await unknownConfig(store, name);
  await admitMessage(ctx, name, message);
  const { version, receipt } = await commitOne(ctx, store, { action: 'delete', name, expectedVersion }, message);
  return {
    summary: `Deleted ${name} (version ${version})`,
    next: together(
      { advice: [restore(name, version)] },
      (await store.drafts.has(name))
        ? { hint: 'Its draft is still there.', advice: [{ do: 'discard-draft', name }] }
        : undefined,
      await staleFiles(ctx, store, name, undefined),
    ),
    name,
    version,
    receipt,
  };
}

function restore(name: string, deletion: number): Advice {
  return { do: 'restore', name, version: deletion - 1 };
}
