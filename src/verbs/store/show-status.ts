import type { StoreStatus } from '../../store/api/state.ts';
import type { Context } from '../shared/context.ts';
import type { InstallationSettings } from '../shared/installation.ts';

/** The state of the store, and where it lies. */
export interface StatusResult
  extends StoreStatus,
    Pick<InstallationSettings, 'paths' | 'storageAt' | 'rootFrom' | 'readOnly'> {
  /** Version of this release. */
  readonly version: string;
}

/** Says what store this is; checks nothing. @throws StoreError ARGUMENT_INVALID for a bad setting, and what opening throws */
export async function showStatus(ctx: Context): Promise<StatusResult> {
  const { version, settings } = ctx.installation;
  const { paths, storageAt, rootFrom, readOnly } = settings();
  const store = await ctx.store();
  return { version, ...(await store.state.status()), paths, storageAt, rootFrom, readOnly };
}
