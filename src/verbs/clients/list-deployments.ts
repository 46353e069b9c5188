import type { Deployment } from '../../state/deployments.ts';
import type { Context } from '../shared/context.ts';
import { deploymentsOf } from './deployed.ts';

/** Returns what was written into clients' files from here, newest first; of one client where it is given. */
export async function listDeployments(ctx: Context, client?: string): Promise<readonly Deployment[]> {
  return deploymentsOf(ctx)
    .read()
    .filter((record) => record.phase === 'done' && (client === undefined || record.client === client))
    .reverse();
}
