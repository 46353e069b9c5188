import { placesOf } from '../../clients/ownership/ledger.ts';
import type { Guidance } from '../../core/advice.ts';
import { isStoreError } from '../../core/errors.ts';
import type { Deployment } from '../../state/deployments.ts';
import type { Context } from '../shared/context.ts';
import { listed } from '../shared/text.ts';
import { deploymentsOf, heldIn } from './deployed.ts';

/**
 * Says that a change of the store has changed no client's file: which clients still have another content of the config, and
 * the next step. Undefined where none has, and for callers elsewhere. Never fails: it runs after a commit, whose success no
 * later fault may hide.
 *
 * @param digest `sha256:<hex>` of the content that is the newest now; undefined where the config was deleted
 */
export function staleFiles(ctx: Context, name: string, digest: string | undefined): Guidance | undefined {
  const stale = deployedElsewhere(ctx, name).filter(({ config }) => config.digest !== digest);
  const [first] = stale;
  if (first === undefined) return undefined;
  const clients = [...new Set(stale.map(({ client, config }) => `${client} still has version ${config.version}`))];
  return {
    hint: `No client's file was changed by this: ${listed(clients)}.`,
    advice: [digest === undefined ? { do: 'undo-deploy', client: first.client } : { do: 'plan-deploy', name }],
  };
}

/** Returns guidance as one: all hints, then all advice; undefined where there is none. */
export function together(...all: ReadonlyArray<Guidance | undefined>): Guidance | undefined {
  const given = all.filter((guidance) => guidance !== undefined);
  if (given.length < 2) return given[0];
  const hints = given.flatMap(({ hint }) => (hint === undefined ? [] : [hint]));
  return { hint: hints.join(' '), advice: given.flatMap(({ advice = [] }) => advice) };
}

type Deployed = Deployment & { readonly config: NonNullable<Deployment['config']> };

/** Returns the newest writing of each file that has the config. */
function deployedElsewhere(ctx: Context, name: string): Deployed[] {
  if (ctx.isRemote === true) return [];
  try {
    const all = deploymentsOf(ctx).read();
    return placesOf(all.filter(({ config }) => config?.name === name)).flatMap((place) => {
      // Whether the file is as it was left does not matter here: it is what was written.
      const { last } = heldIn(all, place, undefined);
      return last?.config?.name === name ? [last as Deployed] : [];
    });
  } catch (error) {
    if (!isStoreError(error)) throw error;
    return [];
  }
}
