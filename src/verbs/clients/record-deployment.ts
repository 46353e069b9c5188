import { placesOf } from '../../clients/ownership/ledger.ts';
import { isStoreError } from '../../core/errors.ts';
import { toCanonicalBytes } from '../../core/json/canonical-json.ts';
import { type Notice, noticeOf } from '../../core/notice.ts';
import { admitContent } from '../shared/admission.ts';
import type { Context } from '../shared/context.ts';
import { deploymentsOf, heldIn } from './deployed.ts';

/** The first segment of the configs that say what was deployed where. */
const RECORDS = 'deployments';

/**
 * Signs what is deployed where: one config for each client, with names, digests and files, never a value. The files are written
 * already, so a store that cannot sign is a notice, and no failure.
 */
export async function recordDeployment(ctx: Context, clients: readonly string[]): Promise<Notice[]> {
  try {
    const store = await ctx.store();
    const all = deploymentsOf(ctx).read();
    const { home } = ctx.installation.personFolders();
    for (const client of new Set(clients)) {
      const places = placesOf(all.filter((record) => record.client === client));
      const targets = places.flatMap((place) => {
        // Whether the file is as it was left does not matter here: it is what was written.
        const { last } = heldIn(all, place, undefined);
        if (last === undefined) return [];
        const { config, servers } = last;
        const file = withoutHome(place.path, home);
        const part = place.part?.replaceAll(home.replaceAll('/', '~1'), '~');
        return [{ file, ...(part !== undefined && { part }), config, servers: Object.keys(servers).sort() }];
      });
      const bytes = toCanonicalBytes({ client, targets });
      const name = `${RECORDS}/${client}`;
      const mediaType = 'application/json';
      const message = await admitContent(ctx, name, { bytes, mediaType }, `deployed to ${client}`);
      await store.writer.commit({
        changes: [{ action: 'put', name, bytes, mediaType }],
        message,
        author: ctx.author(),
      });
    }
    return [];
  } catch (error) {
    if (!isStoreError(error)) throw error;
    return [noticeOf(error, RECORDS)];
  }
}

/** A signed record is no place for a person's name. */
function withoutHome(path: string, home: string): string {
  return path.startsWith(home) ? `~${path.slice(home.length)}` : path;
}
